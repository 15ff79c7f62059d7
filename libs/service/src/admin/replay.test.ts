import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { waitUntil } from '@everyhop/testing';
import { Payments, startFailing } from './failing.fixture.ts';

let service: Awaited<ReturnType<typeof startFailing>>;
beforeAll(async () => {
  service = await startFailing();
  Payments.broken = false;
});
afterAll(() => service.stop());

const operator = { by: 'ada', why: 'the balance was wrong' };
const replays = async () => (await service.get('/admin/replay')).body;

test('past events are handled again, and how far that is can be seen', async () => {
  await service.pay('a', '1', '2');
  await waitUntil('both are handled', () => Payments.handled.length === 2);
  Payments.handled = [];
  const { status, body } = await service.post('/admin/replay', operator);
  expect(status).toBe(202);
  expect(body).toMatchObject([{ handler: 'balance', from: 'beginning', state: 'running', ...operator }]);
  await waitUntil('it is finished', async () => (await replays())[0].state === 'finished');
  expect(await replays()).toMatchObject([{ handled: 2, remaining: 0, failure: null }]);
  expect(Payments.handled.map(({ amount }) => amount)).toEqual([1n, 2n]);
});

test('a handler that is not replayable is refused with a sentence that says so', async () => {
  const { status, body } = await service.post('/admin/replay', { handler: 'payments', ...operator });
  expect(status).toBe(409);
  expect(body).toMatchObject({
    title: 'Replay refused',
    detail: expect.stringMatching(/^payments is not replayable: what it does would be done again\./),
  });
});

test('a start that is neither beginning, time nor offset is refused', async () => {
  const { status, body } = await service.post('/admin/replay', { from: 'yesterday', ...operator });
  expect(status).toBe(422);
  expect(body.errors).toMatchObject([
    { pointer: '#/from', detail: expect.stringContaining('a time in ISO') },
  ]);
});

test('a replay that does not run can’t be cancelled', async () => {
  const { status, body } = await service.post('/admin/replay/99/cancel', operator);
  expect(status).toBe(404);
  expect(body.detail).toBe('There is no replay 99 that is running.');
});
