/** What would go wrong: one record that nobody can read stops its partition in every service, or vanishes. */
import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { OrderPlaced, toHeaders } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { completed, placeOrder } from './shop.ts';
import { readTopic, writeRecord, type TopicRecord } from './topics.ts';

const envelope = (key: string) =>
  toHeaders({
    ...{ id: randomUUID(), type: OrderPlaced.type, source: 'shop', key },
    ...{ time: new Date(), sequence: 1n, correlationId: randomUUID() },
  });

test.each([
  ['bytes that are no Avro', Buffer.from('hello'), {}, 'Confluent wire format'],
  ['an unknown schema id', Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]), {}, 'no schema 2147483647'],
  ['a missing header', Buffer.from([0, 0, 0, 0, 1]), { ce_id: undefined }, 'ce_id is missing'],
])(
  'a record with %s is dead-lettered with the reason, and consumption goes on',
  async (_, value, changes, reason) => {
    const key = randomUUID();
    const letters: TopicRecord[] = [];
    await using _billing = await readTopic(
      'billing.dead-letter',
      async (letter) => void letters.push(letter),
    );
    const headers = Object.entries({ ...envelope(key), ...changes }).filter(
      ([, header]) => header !== undefined,
    );
    await writeRecord('shop.orders', { key, value, headers: Object.fromEntries(headers) });

    // An unknown schema may be one that the registry does not know yet: all attempts are made.
    const letter = await waitUntil(
      'billing has given it up',
      () => letters.find((letter) => letter.key?.toString() === key),
      { timeoutMs: 40_000 },
    );
    expect(letter.value).toEqual(value);
    expect(letter.headers!['dead_letter_reason']!.toString()).toContain(reason);
    expect(letter.headers!['dead_letter_source']!.toString()).toMatch(/^shop\.orders\/\d+\/\d+$/);

    const { orderId } = await placeOrder();
    await completed(orderId);
  },
);
