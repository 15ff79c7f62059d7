/**
 * What would go wrong: an event is parked and nobody can see what it is or why, or has it handled, or gets rid of it;
 * or someone means one event and acts on all.
 */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { Paid, Payments, startFailing } from './failing.fixture.ts';

let service: Awaited<ReturnType<typeof startFailing>>;
beforeAll(async () => {
  service = await startFailing();
});
afterAll(() => service.stop());

const operator = { by: 'ada', why: 'the bank is open again' };
afterEach(async () => {
  await service.post('/admin/parked/discard', { ...operator, filter: {}, all: true });
  Payments.broken = true;
  Payments.handled = [];
});

test('parked events are listed with what is in them, why they failed, and what they wait for', async () => {
  await service.pay('a', '9007199254740993', '2');
  const events = await service.parked(2);
  expect(events[0]).toEqual({
    handler: 'payments',
    eventId: expect.any(String),
    type: Paid.type,
    key: 'a',
    state: 'waiting',
    behind: false,
    attempts: 1,
    reason: 'the bank is closed',
    parkedAt: expect.any(String),
    firstFailure: expect.any(String),
    nextAttemptAt: expect.any(String),
    traceId: null,
    source: expect.stringContaining(`${Paid.topic}/0/`),
    payload: { key: 'a', amount: '9007199254740993', at: '1970-01-01T00:00:00.000Z' },
  });
  expect(events[1]).toMatchObject({ behind: true, attempts: 0, reason: null, nextAttemptAt: null });
  expect(events[1].payload.amount).toBe('2');
});

test('they can be narrowed down', async () => {
  await service.pay('a', '1');
  await service.pay('b', '2');
  const [{ eventId }] = await service.parked(2);
  const count = async (query: string) => (await service.get(`/admin/parked?${query}`)).body.length;
  const hour = 3_600_000;
  const later = new Date(Date.now() + hour).toISOString();
  for (const [query, expected] of [
    ['key=b', 1],
    [`eventId=${eventId}`, 1],
    ['handler=payments', 2],
    ['handler=balance', 0],
    ['reason=BANK', 2],
    ['reason=money', 0],
    ['state=dead', 0],
    [`since=${later}`, 0],
    [`until=${later}`, 2],
    ['limit=1', 1],
  ] as const)
    expect([query, await count(query)]).toEqual([query, expected]);
});

/** Gives the inbox the time to look after what was just parked, so that only being woken makes it look again. */
async function settle() {
  for (let n = 0; n < 20; n++) await service.get('/admin/parked');
}

test('redriven, they are handled at once, in order, and who did it is known', async () => {
  await service.pay('a', '1', '2');
  const [{ eventId }] = await service.parked(2);
  await settle();
  Payments.broken = false;
  const answer = await service.post('/admin/parked/redrive', { ...operator, filter: { eventId } });
  expect(answer).toEqual({ status: 200, body: { count: 1 } });
  await waitUntil('both are handled', () => Payments.handled.length === 2);
  expect(Payments.handled.map(({ amount }) => amount)).toEqual([1n, 2n]);
  const { body } = await service.get('/admin/actions?limit=1');
  expect(body).toEqual([
    { at: expect.any(String), action: 'redrive', ...operator, handler: 'payments', eventId },
  ]);
});

test('discarded, they are gone, and what waited behind them is handled at once', async () => {
  await service.pay('a', '1', '2');
  await service.parked(2);
  await settle();
  Payments.broken = false;
  const filter = { reason: 'the bank' };
  expect((await service.post('/admin/parked/discard', { ...operator, filter })).body).toEqual({ count: 1 });
  await waitUntil('the other is handled', () => Payments.handled.length === 1);
  expect(Payments.handled).toMatchObject([{ amount: 2n }]);
});

test('an event that can’t be read is listed without payload, and says why', async () => {
  await service.pay('a', '1');
  await service.parked(1);
  await service.pool.query('update inbox_parked set payload = null');
  expect((await service.get('/admin/parked')).body).toMatchObject([
    { key: 'a', payload: null, unreadable: `not Avro in the Confluent wire format: expected ${Paid.type}` },
  ]);
});

test('an empty filter is refused with a sentence unless all are meant', async () => {
  await service.pay('a', '1');
  await service.parked(1);
  for (const action of ['redrive', 'discard']) {
    const { status, body } = await service.post(`/admin/parked/${action}`, { ...operator, filter: {} });
    expect(status).toBe(422);
    expect(body).toMatchObject({
      detail: 'An empty filter means all events: narrow it, or say "all": true when that is meant.',
      errors: [{ pointer: '#/filter' }],
    });
  }
  await service.parked(1);
});

test.each([
  ['a filter that is misspelt', { filter: { handlr: 'payments' }, ...operator }, '#/filter'],
  ['a filter with an empty value', { filter: { key: '' }, ...operator }, '#/filter/key'],
  ['a time that is none', { filter: { since: 'yesterday' }, ...operator }, '#/filter/since'],
  ['nobody who acts', { filter: { key: 'a' }, why: 'why' }, '#/by'],
  ['no reason', { filter: { key: 'a' }, by: 'ada', why: '' }, '#/why'],
])('%s is refused, and the field is named', async (_, request, pointer) => {
  const { status, body } = await service.post('/admin/parked/discard', request);
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([{ pointer }]);
});

test('a misspelt query is refused rather than ignored', async () => {
  const { status, body } = await service.get('/admin/parked?handlr=payments');
  expect(status).toBe(422);
  expect(body.errors[0].detail).toContain('handlr');
});
