import { fromHeaders, InvalidEnvelope } from '@everyhop/events';
import { headersByName } from '@everyhop/kafka/admin';
import pg from 'pg';
import type { CopiedRecord } from './topic-copy.ts';

type Known = (record: CopiedRecord) => boolean;

/**
 * Tells which of `records` the restored databases know as published. An event is unknown when its number is higher
 * than the last that the database of its publisher gave to its key: the transaction that published it is not in the
 * backup. What was not published through an outbox counts as known.
 */
export async function knownToDatabases(
  databases: Map<string, pg.Client>,
  records: CopiedRecord[],
): Promise<Known> {
  const last = new Map<string, bigint>();
  for (const [service, ofService] of Map.groupBy(records, publisherOf)) {
    const database = service === undefined ? undefined : databases.get(service);
    if (!database) continue;
    const keys = new Map(ofService.map((record) => [nameOf(record), record]));
    const { rows } = await database.query(lastOfKeys, [
      [...keys.values()].map(({ topic }) => topic),
      [...keys.values()].map((record) => placeInKey(record)!.key),
    ]);
    for (const name of keys.keys()) last.set(name, 0n);
    for (const row of rows) last.set(`${service} ${row.topic} ${row.key}`, BigInt(row.last));
  }
  return (record) => {
    const known = last.get(nameOf(record));
    return known === undefined || placeInKey(record)!.sequence <= known;
  };
}

const lastOfKeys = `
  select topic, key, last from outbox_sequence
  join unnest($1::text[], $2::text[]) as asked (topic, key) using (topic, key)`;

const nameOf = (record: CopiedRecord) => `${publisherOf(record)} ${record.topic} ${placeInKey(record)?.key}`;

/** The service whose outbox the record came from; a dead letter only looks like an event, and its number is another's. */
function publisherOf(record: CopiedRecord): string | undefined {
  if (record.topic.endsWith('.dead-letter')) return undefined;
  return placeInKey(record)?.source;
}

function placeInKey({ headers }: CopiedRecord) {
  try {
    return fromHeaders(headersByName(headers));
  } catch (error) {
    if (error instanceof InvalidEnvelope) return undefined;
    throw error;
  }
}
