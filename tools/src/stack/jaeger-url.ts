import { portsFrom, readSettings } from '@everyhop/local';
import { readRecord } from './record.ts';

/** Whether the Jaeger at `url` has a page to look at traces: one that was built from its module has only its API. */
export async function hasPage(url: string): Promise<boolean> {
  const page = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return page?.ok === true && (await page.text()).includes('<script');
}

/** Where Jaeger of the system that runs answers; when nothing is known to run, where it would. */
export function jaegerUrl(): string {
  const { state, portBase } = readSettings();
  return readRecord(state)?.components['jaeger']?.url ?? `http://127.0.0.1:${portsFrom(portBase).jaeger}`;
}
