import type { TopicRecord } from './read-topics.ts';
import { everyOrderHas, type Snapshot } from './snapshot.ts';
import { subscriptions } from './subscriptions.ts';

/**
 * One thing that is not as it should be when all is quiet.
 *
 * - `lost`: an accepted order lacks one of `everyOrderHas`; an event that a service has counted as published is not on
 *   its topic; an event on a topic is not handled by a handler that subscribes to it, a dead-lettered one included.
 * - `duplicated`: an order has two different ones of `everyOrderHas`: rows, event ids for one fact, mails with two
 *   Message-IDs; or something exists that no transaction committed or no client ordered. The same event id twice on a
 *   topic, and the same Message-ID twice at the mail server, are repetitions, which receivers notice: no damage.
 * - `outOfOrder`: the numbers of a key's events, in the order in which they first arrived on the topic, are not 1, 2, 3 …
 */
export interface Damage {
  kind: 'lost' | 'duplicated' | 'outOfOrder';
  /** The order, or the key of a topic. */
  of: string;
  what: string;
}

/** All that is damaged in a snapshot that was taken when all was quiet. Throws for a handler that is not known here. */
export function findDamage(snapshot: Snapshot): Damage[] {
  const arrived = firstArrivals(snapshot.records);
  return [...damagedOrders(snapshot), ...damagedKeys(snapshot, arrived), ...notHandled(snapshot, arrived)];
}

function firstArrivals(records: TopicRecord[]): TopicRecord[] {
  const seen = new Set<string>();
  return records.filter(({ id }) => !seen.has(id) && seen.add(id));
}

function damagedOrders({ accepted, made }: Snapshot): Damage[] {
  const ofOrders = Map.groupBy(made, ({ orderId }) => orderId);
  const damages: Damage[] = [];
  for (const orderId of accepted) {
    const things = Map.groupBy(ofOrders.get(orderId) ?? [], ({ what }) => what);
    ofOrders.delete(orderId);
    for (const what of everyOrderHas) {
      const ids = [...new Set(things.get(what)?.map(({ id }) => id))];
      const of = `order ${orderId}`;
      if (ids.length === 0) damages.push({ kind: 'lost', of, what: `has no ${what}` });
      if (ids.length > 1)
        damages.push({ kind: 'duplicated', of, what: `has ${ids.length} × ${what}: ${ids.join(', ')}` });
    }
  }
  for (const [orderId, things] of ofOrders) {
    const what = `nobody was told of it, but it has ${[...new Set(things.map(({ what }) => what))].join(', ')}`;
    damages.push({ kind: 'duplicated', of: `order ${orderId}`, what });
  }
  return damages;
}

function damagedKeys({ sequences }: Snapshot, arrived: TopicRecord[]): Damage[] {
  const ofKeys = Map.groupBy(arrived, ({ topic, key }) => nameOf(topic, key));
  const damages: Damage[] = [];
  const published = new Map<string, number>();
  for (const { service, topic, key, last } of sequences.filter(
    ({ topic }) => !topic.endsWith('.dead-letter'),
  )) {
    const of = nameOf(topic, key);
    published.set(of, last);
    const numbers = new Set(ofKeys.get(of)?.map(({ sequence }) => sequence));
    for (let n = 1; n <= last; n++)
      if (!numbers.has(n))
        damages.push({ kind: 'lost', of, what: `event ${n} of ${service} is not on the topic` });
  }
  for (const [of, events] of ofKeys) {
    const numbers = events.map(({ sequence }) => sequence);
    if (numbers.some((number, index) => number !== index + 1))
      damages.push({ kind: 'outOfOrder', of, what: `the events arrived as ${numbers.join(', ')}` });
    for (const { sequence, type, id } of events)
      if (sequence > (published.get(of) ?? 0))
        damages.push({ kind: 'duplicated', of, what: `no transaction committed ${type} ${id}` });
  }
  return damages;
}

function notHandled({ inbox }: Snapshot, arrived: TopicRecord[]): Damage[] {
  const unknown = inbox.find(({ handler }) => handler !== '' && !subscriptions[handler]);
  if (unknown) throw new Error(`Tell ./dev chaos in subscriptions.ts what ${unknown.handler} handles.`);
  const entries = new Map(inbox.map((entry) => [`${entry.handler} ${entry.eventId}`, entry]));
  return arrived.flatMap(({ topic, key, id, type }) =>
    Object.entries(subscriptions).flatMap(([handler, subscription]): Damage[] => {
      if (subscription.type !== type) return [];
      const { outcome, reason } = entries.get(`${handler} ${id}`) ?? { outcome: 'not there', reason: null };
      if (outcome === 'handled') return [];
      const because = reason === null ? '' : `: ${reason}`;
      const what = `${type} ${id} is not handled by ${handler}, but ${outcome}${because}`;
      return [{ kind: 'lost', of: nameOf(topic, key), what }];
    }),
  );
}

const nameOf = (topic: string, key: string) => `key ${key} of ${topic}`;
