import { duration } from './duration.ts';
import { printTable } from './print-table.ts';

/** A parked event, as the admin API tells it, and where. */
export interface Parked {
  service: string;
  handler: string;
  eventId: string;
  type: string | null;
  key: string;
  state: 'waiting' | 'dead';
  behind: boolean;
  attempts: number;
  reason: string | null;
  parkedAt: string;
  firstFailure: string | null;
  nextAttemptAt: string | null;
  traceId: string | null;
  source: string;
  payload: unknown;
  unreadable?: string;
}

/** Prints a table, one line an event; `show` adds what is in each. */
export function printParked(events: Parked[], { show = false, now = Date.now() } = {}): void {
  const head = ['SERVICE', 'HANDLER', 'KEY', 'STATE', 'ATTEMPTS', 'AGE', 'REASON'];
  const rows = events.map((event) => cellsOf(event, now));
  printTable(head, rows, (row) => (show ? detailsOf(events[row]!) : undefined));
}

function cellsOf(event: Parked, now: number): string[] {
  const { service, handler, key, attempts, reason, parkedAt, firstFailure } = event;
  const age = now - Date.parse(firstFailure ?? parkedAt);
  const oneLine = (reason ?? '').replaceAll(/\s+/g, ' ');
  return [service, handler || '-', key, stateOf(event, now), String(attempts), duration(age), oneLine];
}

function stateOf({ state, behind, nextAttemptAt }: Parked, now: number): string {
  if (state === 'dead') return 'dead';
  return behind ? 'behind' : `again in ${duration(Date.parse(nextAttemptAt!) - now)}`;
}

function detailsOf({ eventId, type, source, traceId, payload, unreadable }: Parked): string {
  const lines = [
    `event ${eventId}, ${type ?? 'of no type'}, ${source}${traceId ? `, trace ${traceId}` : ''}`,
    ...(unreadable ? [`can't be read: ${unreadable}`] : JSON.stringify(payload, null, 2).split('\n')),
  ];
  return lines.map((one) => `    ${one}`).join('\n');
}
