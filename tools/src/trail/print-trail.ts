import { printTable } from '../parked/print-table.ts';
import type { TrailEntry } from './find-trail.ts';

/** Prints a table, one line an entry; and below it the ids and keys of the events, and where the traces are. */
export function printTrail(entries: TrailEntry[], jaeger: string): void {
  printTable(['TIME', 'SERVICE', 'WHAT', 'EVENT', 'HANDLER', 'TRY', 'WHY'], entries.map(cellsOf));
  const traces = new Set(entries.flatMap(({ traceId }) => traceId ?? []));
  const events = new Map(entries.map((entry) => [entry.eventId, entry]));
  console.log();
  for (const [id, { type, key }] of events)
    console.log(`event  ${id}  ${type ?? 'of no type'}${key ? ` of ${key}` : ''}`);
  for (const trace of traces) console.log(`trace  ${jaeger}/trace/${trace}`);
}

function cellsOf({ at, service, what, type, eventId, handler, attempt, reason, by }: TrailEntry): string[] {
  const why = [reason?.replaceAll(/\s+/g, ' '), by && `(${by})`].filter(Boolean).join(' ');
  return [at, service, what, type ?? eventId, handler ?? '-', String(attempt ?? '-'), why];
}
