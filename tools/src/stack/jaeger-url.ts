import { portsFrom, readSettings } from '@everyhop/local';
import { readRecord } from './record.ts';

/** Where Jaeger of the system that runs answers; when nothing is known to run, where it would. */
export function jaegerUrl(): string {
  const { state, portBase } = readSettings();
  return readRecord(state)?.components['jaeger']?.url ?? `http://127.0.0.1:${portsFrom(portBase).jaeger}`;
}
