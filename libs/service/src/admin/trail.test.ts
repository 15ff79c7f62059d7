/** What would go wrong: what happened to an event can only be found out in the database. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { Paid, Payments, startFailing } from './failing.fixture.ts';

let service: Awaited<ReturnType<typeof startFailing>>;
beforeAll(async () => {
  service = await startFailing();
});
afterAll(() => service.stop());

test('the trail of a key or an event says what each handler did, why it failed and who redrove it', async () => {
  await service.pay('a', '1');
  const [{ eventId }] = await service.parked(1);
  Payments.broken = false;
  const operator = { by: 'ada', why: 'the bank is open again' };
  await service.post('/admin/parked/redrive', { ...operator, filter: { eventId } });
  await waitUntil('it is handled', () => Payments.handled.length === 1);
  const trail = await waitUntil('its end is there', async () => {
    const { body } = await service.get('/admin/trail?key=a');
    return body.at(-1).what === 'handled' && body;
  });
  const of = { eventId, key: 'a', correlationId: eventId, type: Paid.type, at: expect.any(String) };
  const payments = trail.filter((entry: any) => entry.handler === 'payments');
  expect(payments).toMatchObject([
    { ...of, what: 'parked', attempt: 1, reason: 'the bank is closed', by: null },
    { ...of, what: 'redriven', attempt: null, reason: operator.why, by: operator.by },
    { ...of, what: 'handled', attempt: 1, reason: null },
  ]);
  expect(trail).toHaveLength(4);
  for (const query of [`eventId=${eventId}`, `correlationId=${eventId}`])
    expect((await service.get(`/admin/trail?${query}`)).body).toEqual(trail);
  expect((await service.get('/admin/trail?key=b')).body).toEqual([]);
});

test.each(['', 'key=a&eventId=b', 'key=', 'id=a'])(
  'the query "%s" is refused with a sentence',
  async (query) => {
    const { status, body } = await service.get(`/admin/trail?${query}`);
    expect(status).toBe(422);
    expect(body.errors[0].detail).toEqual(expect.any(String));
  },
);
