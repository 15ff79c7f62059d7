import { duration } from './duration.ts';
import { printTable } from './print-table.ts';

/** An event that the broker refused, as the admin API tells it, and where. */
export interface Refused {
  service: string;
  eventId: string;
  topic: string;
  key: string;
  type: string;
  reason: string;
  time: string;
  behind: number;
}

/** Prints a table, one line an event. */
export function printRefused(events: Refused[], now = Date.now()): void {
  const rows = events.map(({ service, topic, key, eventId, behind, time, reason }) => {
    return [service, topic, key, eventId, String(behind), duration(now - Date.parse(time)), reason];
  });
  printTable(['SERVICE', 'TOPIC', 'KEY', 'EVENT', 'BEHIND', 'AGE', 'REASON'], rows);
}
