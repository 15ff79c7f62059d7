import { allEvents, fromHeaders } from '@everyhop/events';
import { headersByName, offsetsSince, reach, readRanges, type StoredRecord } from '@everyhop/kafka/admin';
import { engineAddresses, readSettings } from '@everyhop/local';
import { timeOfId, type TrailEntry } from './find-trail.ts';

/** How many records of a partition are looked at: what follows from an order follows soon. */
const most = 5_000n;
/** The clocks of those who write differ. */
const slackMs = 5_000;

/**
 * What was published and no service tells of: events of the key, the correlation or with the id `id`, read from the
 * topics, since services note only what they handle. `told` is what they tell; it and `id` say from when on to read,
 * and where neither has a time, nothing is found.
 */
export async function findUnhandled(id: string, told: TrailEntry[]): Promise<TrailEntry[]> {
  const begin = [timeOfId(id), told[0]?.at].flatMap((at) => (at ? Date.parse(at) : [])).sort()[0];
  if (begin === undefined) return [];
  const known = new Set(told.map(({ eventId }) => eventId));
  // Of one event that is known there is no more to be found.
  if (known.has(id) && known.size === 1) return [];
  const correlations = new Set(told.map(({ correlationId }) => correlationId));
  const brokers = engineAddresses(readSettings().portBase).KAFKA_BROKERS.split(',');
  await reach(brokers);
  const topics = [...new Set(allEvents.map(({ topic }) => topic))];
  const ranges = await offsetsSince({ brokers }, topics, new Date(begin - slackMs));
  const bounded = ranges.map(({ first, end, ...place }) => ({
    ...place,
    first,
    end: end - first > most ? first + most : end,
  }));
  const found: TrailEntry[] = [];
  await readRanges({ brokers }, bounded, async ({ messages }) => {
    for (const message of messages) {
      const entry = publicationOf(message);
      if (!entry || known.has(entry.eventId)) continue;
      if (entry.eventId !== id && entry.key !== id && !correlations.has(entry.correlationId)) continue;
      known.add(entry.eventId);
      found.push(entry);
    }
  });
  return found;
}

/** The trail's entry of a record that is an event. */
function publicationOf({ headers }: StoredRecord): TrailEntry | undefined {
  const byName = headersByName(headers);
  try {
    const { id, type, source, key, time, correlationId } = fromHeaders(byName);
    const [, traceId = null] = /^\w\w-(\w{32})-/.exec(String(byName['traceparent'])) ?? [];
    const none = { handler: null, attempt: null, by: null };
    const what = { what: 'published', reason: 'not handled so far', service: source };
    return { ...none, ...what, at: time.toISOString(), eventId: id, type, key, correlationId, traceId };
  } catch {
    return undefined;
  }
}
