import { fromHeaders } from '@everyhop/events';
import { sql, type Transaction } from 'kysely';
import { traceOf, type Source } from './item.ts';

/** An event that is not the next one of its key. */
export interface Irregularity {
  topic: string;
  key: string;
  eventId: string;
  traceId?: string;
  expected: bigint;
  found: bigint;
}

/** Where a record stands among the events of its key. */
export interface Place {
  topic: string;
  key: string;
  eventId: string;
  traceId?: string;
  sequence: bigint;
}

/** The place of a record, whoever handles it; `undefined` when its envelope can't be read. */
export function placeOf(record: Source): Place | undefined {
  try {
    const { key, id, sequence } = fromHeaders(record.message.headers ?? {});
    return { topic: record.topic, key, eventId: id, traceId: traceOf(record), sequence };
  } catch {
    return undefined;
  }
}

/**
 * Remembers in `tx` how far each key has come and returns what is out of line: with an event missing before it, or
 * after a later one. The first event of a key that is seen is in line, whatever its number: those before it may have
 * expired before this service came. So is one that was seen before; whether it was handled the inbox knows.
 */
export async function checkSequence(tx: Transaction<any>, places: Place[]): Promise<Irregularity[]> {
  const lines = Map.groupBy(places, sequenceKeyOf);
  const column = (of: (line: Place[]) => unknown) => sql.val([...lines.values()].map(of));
  const { rows } = await sql<{
    topic: string;
    key: string;
    last: string | null;
  }>`/* prepared inbox-sequence */
    insert into inbox_sequence as s (topic, key, last)
    select * from unnest(${column(([first]) => first!.topic)}::text[], ${column(([first]) => first!.key)}::text[],
                         ${column((line) => line.reduce(highest, 0n).toString())}::bigint[])
    order by 1, 2
    on conflict (topic, key) do update set last = greatest(s.last, excluded.last), seen_at = now()
    returning topic, key, old.last`.execute(tx);
  const before = new Map(rows.map((row) => [sequenceKeyOf(row), row.last]));
  return [...lines].flatMap(([name, line]) => {
    const last = before.get(name) ?? line[0]!.sequence - 1n;
    return irregularitiesOf(line, BigInt(last));
  });
}

const sequenceKeyOf = ({ topic, key }: { topic: string; key: string }) => `${topic} ${key}`;

const highest = (most: bigint, { sequence }: Place) => (sequence > most ? sequence : most);

function irregularitiesOf(line: Place[], last: bigint): Irregularity[] {
  const irregularities: Irregularity[] = [];
  const seen = new Set<string>();
  for (const { sequence: found, ...place } of line) {
    // A relay that died before it noted what it had sent sends it again, perhaps into the same batch.
    if (seen.has(place.eventId)) continue;
    seen.add(place.eventId);
    const expected = last + 1n;
    if (found !== expected) irregularities.push({ ...place, expected, found });
    if (found > last) last = found;
  }
  return irregularities;
}
