/** What would go wrong: something is lost, doubled or reordered, and chaos finds nothing. */
import { expect, test } from '@jest/globals';
import { type Damage, findDamage } from './find-damage.ts';
import type { TopicRecord } from './read-topics.ts';
import { everyOrderHas, type Snapshot } from './snapshot.ts';
import { subscriptions } from './subscriptions.ts';

const topics: Record<string, string> = {
  'shop.OrderPlaced': 'shop.orders',
  'billing.InvoiceIssued': 'billing.invoices',
  'logistics.ShippingLabelCreated': 'logistics.shipments',
  'crm.FollowUpEmailScheduled': 'crm.emails',
  'crm.EmailSent': 'crm.emails',
};

/** The event of `type` about an order; the second of a key is the mail that was sent. */
const eventOf = (orderId: string, type: string): TopicRecord => ({
  topic: topics[type]!,
  key: orderId,
  id: `${type} ${orderId}`,
  type,
  sequence: type === 'crm.EmailSent' ? 2 : 1,
  orderId,
});

/** Two orders for which everything happened as it should. */
function allIsWell(): Snapshot {
  const accepted = ['o1', 'o2'];
  const records = accepted.flatMap((orderId) => Object.keys(topics).map((type) => eventOf(orderId, type)));
  const lastOf = Map.groupBy(records, ({ topic, key }) => `${topic} ${key}`);
  return {
    accepted,
    made: accepted.flatMap((orderId) =>
      everyOrderHas.map((what) => ({ orderId, what, id: `${what} ${orderId}`.replace('event ', '') })),
    ),
    sequences: [...lastOf.values()].map((events) => {
      const { topic, key } = events[0]!;
      return { service: topic.split('.')[0]!, topic, key, last: events.length };
    }),
    inbox: records.flatMap(({ id, type }) =>
      Object.entries(subscriptions)
        .filter(([, subscription]) => subscription.type === type)
        .map(([handler, { service }]) => ({
          service,
          handler,
          eventId: id,
          outcome: 'handled',
          reason: null,
        })),
    ),
    records,
    mailsResent: 0,
  };
}

/** What is found after `harm` was done. */
function damageBy(harm: (snapshot: Snapshot) => void): Damage[] {
  const snapshot = allIsWell();
  harm(snapshot);
  return findDamage(snapshot);
}

const without = <T extends object>(all: T[], pattern: Partial<T>): T[] =>
  all.filter((one) => Object.entries(pattern).some(([name, value]) => one[name as keyof T] !== value));

const isOf = (kind: Damage['kind'], of: string, what: string) => [
  { kind, of, what: expect.stringContaining(what) },
];

test('nothing is found when all is well', () => {
  expect(damageBy(() => {})).toEqual([]);
});

test.each(everyOrderHas)('an order without its %s is lost', (what) => {
  const found = damageBy((it) => (it.made = without(it.made, { orderId: 'o2', what })));
  expect(found).toEqual([{ kind: 'lost', of: 'order o2', what: `has no ${what}` }]);
});

test.each(everyOrderHas)('a second %s of an order is a duplicate', (what) => {
  const found = damageBy((it) => it.made.push({ orderId: 'o1', what, id: 'another' }));
  expect(found).toEqual(isOf('duplicated', 'order o1', `has 2 × ${what}: `));
});

test('what exists of an order that no client was told of is a duplicate', () => {
  const found = damageBy((it) => it.made.push({ orderId: 'o3', what: 'row in orders', id: 'o3' }));
  expect(found).toEqual(isOf('duplicated', 'order o3', 'nobody was told'));
});

test('an event that its service counts, but that is not on the topic, is lost', () => {
  const found = damageBy((it) => {
    it.records = without(it.records, { key: 'o1', type: 'crm.EmailSent' });
  });
  expect(found).toEqual(isOf('lost', 'key o1 of crm.emails', 'event 2 of crm is not on the topic'));
});

test('an event that no service counts was published without its transaction', () => {
  const found = damageBy(
    (it) => (it.sequences = without(it.sequences, { key: 'o1', topic: 'billing.invoices' })),
  );
  expect(found).toEqual(isOf('duplicated', 'key o1 of billing.invoices', 'no transaction committed'));
});

test('an event that a subscriber has not handled is lost', () => {
  const handler = 'shop.email-sent';
  const found = damageBy((it) => {
    it.inbox = without(it.inbox, { handler, eventId: 'crm.EmailSent o1' });
  });
  expect(found).toEqual(isOf('lost', 'key o1 of crm.emails', `is not handled by ${handler}, but not there`));
});

test.each(['parked', 'dead', 'discarded'])('an event that is %s is lost to its handler', (outcome) => {
  const found = damageBy((it) => Object.assign(it.inbox[0]!, { outcome, reason: 'no such account' }));
  expect(found).toEqual(isOf('lost', 'key o1 of shop.orders', `but ${outcome}: no such account`));
});

test('events of a key that arrived in another order are out of order', () => {
  const found = damageBy((it) => it.records.reverse());
  expect(found).toHaveLength(2);
  expect(found).toContainEqual({
    kind: 'outOfOrder',
    of: 'key o1 of crm.emails',
    what: 'the events arrived as 2, 1',
  });
});

test('an event of a key that is missing between others is lost, and those behind it are out of order', () => {
  const found = damageBy(
    (it) => (it.records = without(it.records, { key: 'o1', sequence: 1, topic: 'crm.emails' })),
  );
  expect(found.map(({ kind }) => kind)).toEqual(['lost', 'outOfOrder']);
});

test('a record that comes again under its id is no damage, wherever it comes', () => {
  expect(damageBy((it) => it.records.push(...it.records))).toEqual([]);
});

test('a handler that nobody told the check of is no reason to look away', () => {
  const handler = 'shop.order-returned';
  const forget = () => damageBy((it) => (it.inbox[0]!.handler = handler));
  expect(forget).toThrow(`Tell ./dev chaos in subscriptions.ts what ${handler} handles.`);
});
