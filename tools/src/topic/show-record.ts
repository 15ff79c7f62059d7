import { isUtf8 } from 'node:buffer';
import { styleText } from 'node:util';
import { allEvents, fromHeaders } from '@everyhop/events';
import { type SchemaRegistry } from '@everyhop/kafka';
import { headersByName, type StoredRecord } from '@everyhop/kafka/admin';

/** A record as it is shown. */
export interface ShownRecord {
  topic: string;
  partition: number;
  offset: string;
  /** When it was written, ISO 8601. */
  time: string;
  key: string | null;
  /** Of an event; `null` of anything else. */
  type: string | null;
  /** Of an event, as the newest version of its schema has it; else the bytes as text, or as base64. */
  data: unknown;
  /** Why it can't be read as an event. */
  problem?: string;
}

/** Decodes `record` through the schema of its event; of what is no event it says why. */
export async function showRecord(
  place: { topic: string; partition: number },
  { offset, timestamp, key, value, headers }: StoredRecord,
  registry: SchemaRegistry,
): Promise<ShownRecord> {
  const { topic, partition } = place;
  const time = new Date(Number(timestamp)).toISOString();
  const shown = { topic, partition, offset, time, key: key && textOf(key) };
  let type: string | null = null;
  try {
    ({ type } = fromHeaders(headersByName(headers)));
    const event = allEvents.find((known) => known.type === type);
    if (!event) throw new Error(`there is no event ${type} in schemas/`);
    return { ...shown, type, data: await registry.decode(event, value) };
  } catch (error) {
    return { ...shown, type, data: value && textOf(value), problem: (error as Error).message };
  }
}

const textOf = (bytes: Buffer): string => (isUtf8(bytes) ? bytes.toString() : bytes.toString('base64'));

/** One line of JSON; numbers that are too large for JavaScript's are text. */
export const asJson = (value: unknown): string =>
  JSON.stringify(value, (_, one) =>
    typeof one !== 'bigint' ? one : Number.isSafeInteger(Number(one)) ? Number(one) : `${one}`,
  );

/** One line for people: place, time, key, type, data. */
export function asLine({ partition, offset, time, key, type, data, problem }: ShownRecord): string {
  const place = `${partition}/${offset}`.padEnd(8);
  const what = type ?? 'no event';
  const told = problem ? ` ${styleText('yellow', `(${problem})`)}` : '';
  return `${place} ${time} ${key ?? '-'} ${styleText(problem ? 'yellow' : 'green', what)} ${asJson(data)}${told}`;
}
