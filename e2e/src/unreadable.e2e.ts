/** What would go wrong: one record that nobody can read stops its partition in every service, or vanishes. */
import { expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { OrderPlaced, toHeaders } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { dev } from './dev.ts';
import { completed, placeOrder } from './shop.ts';
import { readTopic, writeRecord, type TopicRecord } from './topics.ts';

const envelope = (key: string) =>
  toHeaders({
    ...{ id: randomUUID(), type: OrderPlaced.type, source: 'shop', key },
    ...{ time: new Date(), sequence: 1n, correlationId: randomUUID() },
  });

test.each([
  ['bytes that are no Avro', Buffer.from('hello'), {}, 'Confluent wire format'],
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

    const letter = await waitUntil('billing has given it up', () =>
      letters.find((letter) => letter.key?.toString() === key),
    );
    expect(letter.value).toEqual(value);
    expect(letter.headers!['dead_letter_reason']!.toString()).toContain(reason);
    expect(letter.headers!['dead_letter_source']!.toString()).toMatch(/^shop\.orders\/\d+\/\d+$/);

    const { orderId } = await placeOrder();
    await completed(orderId);
  },
);

test('a record with an unknown schema id waits, as the registry may lag behind, and nothing but its key does', async () => {
  const key = randomUUID();
  const value = Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]);
  await writeRecord('shop.orders', { key, value, headers: envelope(key) });
  for (const service of ['billing', 'logistics', 'crm']) {
    const parked = await waitUntil(`${service} has parked it`, () =>
      dev('parked', service, '--key', key, '--json'),
    );
    expect(JSON.parse(parked)).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('no schema 2147483647'),
    });
  }
  const { orderId } = await placeOrder();
  await completed(orderId);
  for (const service of ['billing', 'logistics', 'crm']) await dev('discard', service, '--key', key);
});
