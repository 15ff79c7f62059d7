/** What would go wrong: the broker refuses an event for good, its key waits, and only a database client can help. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { waitUntil } from '@everyhop/testing';
import { Paid, Payments, startFailing } from './failing.fixture.ts';

let service: Awaited<ReturnType<typeof startFailing>>;
beforeAll(async () => {
  service = await startFailing();
  Payments.broken = false;
});
afterAll(() => service.stop());

const operator = { by: 'ada', why: 'the limit was raised' };

/** Two events of `key`; the first is set aside as the relay does it. */
async function refuse(key: string): Promise<string> {
  const insert = `
    insert into outbox (id, aggregatetype, aggregateid, type, payload, source, time, sequence, correlationid, refused)
    values ($1, $2, $3, $4, $5, 'test', now(), 1, '1', 'larger than the max')`;
  const id = randomUUID();
  const payload = Buffer.from('?');
  await service.pool.query(insert, [id, 'nowhere', key, Paid.type, payload]);
  return id;
}

test('refused events are listed, redriven and discarded, by whom and why', async () => {
  const [sent, gone] = [await refuse('a'), await refuse('b')];
  const { body } = await service.get('/admin/refused');
  expect(body).toMatchObject([
    { eventId: sent, topic: 'nowhere', key: 'a', type: Paid.type, reason: 'larger than the max', behind: 0 },
    { eventId: gone, key: 'b' },
  ]);
  expect((await service.get('/admin/refused?key=b&reason=LARGER')).body).toMatchObject([{ eventId: gone }]);
  expect((await service.get('/admin/refused?limit=1')).body).toMatchObject([{ eventId: sent }]);

  const discarded = await service.post('/admin/refused/discard', { ...operator, filter: { key: 'b' } });
  expect(discarded).toEqual({ status: 200, body: { count: 1 } });
  // It leads to the topic that there is now.
  await service.pool.query('update outbox set aggregatetype = $1', [Paid.topic]);
  const redriven = await service.post('/admin/refused/redrive', { ...operator, filter: { eventId: sent } });
  expect(redriven.body).toEqual({ count: 1 });
  await waitUntil('it has left', async () => {
    const { rows } = await service.pool.query('select from outbox where id = $1', [sent]);
    return rows.length === 0;
  });
  expect((await service.get('/admin/refused')).body).toEqual([]);
  expect((await service.get('/admin/actions')).body).toMatchObject([
    { action: 'redrive', ...operator, handler: null, eventId: sent },
    { action: 'discard', ...operator, handler: null, eventId: gone },
  ]);
});

test('an empty filter is refused unless all are meant', async () => {
  const id = await refuse('c');
  const discard = (more: object) =>
    service.post('/admin/refused/discard', { ...operator, filter: {}, ...more });
  expect((await discard({})).status).toBe(422);
  expect((await service.get('/admin/refused')).body).toMatchObject([{ eventId: id }]);
  expect((await discard({ all: true })).body).toEqual({ count: 1 });
});
