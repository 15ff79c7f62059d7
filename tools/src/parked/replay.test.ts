import { afterEach, expect, test } from '@jest/globals';
import { standInBilling } from './run-dev.fixture.ts';

let billing: Awaited<ReturnType<typeof standInBilling>>;
afterEach(() => billing.stop());

const begun = {
  id: 7,
  handler: 'billing.totals',
  state: 'running',
  handled: 0,
  remaining: null,
  failure: null,
};

test('a replay is begun and followed to its end', async () => {
  const stages = [
    { ...begun, handled: 4, remaining: 8, failure: 'event 1 of key a: no such column' },
    { ...begun, handled: 4, remaining: 8, failure: 'event 1 of key a: no such column' },
    { ...begun, handled: 12, remaining: 0, state: 'finished' },
  ];
  const other = { ...begun, id: 6, state: 'finished' };
  billing = await standInBilling(({ body }) => ({ body: body ? [begun] : [stages.shift(), other] }));
  const which = ['--all', '--from', '17', '--key', 'a'];
  const { output, code } = await billing.dev('replay', 'billing', ...which, '--why', 'it was lost');
  expect(output).toBe(`\
Replay 7 of billing.totals: running, 0 events handled again
Replay 7 of billing.totals: running, 4 events handled again, 8 records left; stands still at event 1 of key a: no such column
Replay 7 of billing.totals: finished, 12 events handled again
`);
  expect(code).toBe(0);
  expect(billing.requests[0]).toMatchObject({
    path: '/admin/replay',
  });
  expect(billing.requests[0]!.body).toEqual({ from: '17', key: 'a', by: 'ada', why: 'it was lost' });
});

test.each([[[]], [['--all', '--handler', 'billing.totals']]])(
  'nothing is replayed unless it is said which handlers are meant: %j',
  async (which) => {
    billing = await standInBilling(() => ({ body: [] }));
    const { errors, code } = await billing.dev('replay', 'billing', '--from', '17', ...which);
    expect(errors).toBe(
      'Say which handler is meant with --handler ID, or --all for all that are replayable.\n',
    );
    expect(code).toBe(2);
    expect(billing.requests).toEqual([]);
  },
);

test('a refusal is said in the service’s words', async () => {
  const detail = 'billing.issue-invoice is not replayable: what it does would be done again.';
  billing = await standInBilling(() => ({ status: 409, body: { detail } }));
  const { errors, code } = await billing.dev('replay', 'billing', '--handler', 'billing.issue-invoice');
  expect(errors).toBe(`billing: ${detail}\n`);
  expect(code).toBe(1);
});

test('replays are listed, and one can be cancelled', async () => {
  billing = await standInBilling(() => ({ body: [begun] }));
  expect((await billing.dev('replay', 'billing', '--list')).output).toBe(
    'Replay 7 of billing.totals: running, 0 events handled again\n',
  );
  const { output } = await billing.dev('replay', 'billing', '--list', '--json');
  expect(JSON.parse(output)).toEqual(begun);
  expect((await billing.dev('replay', 'billing', '--cancel', '7')).code).toBe(0);
  expect(billing.requests.at(-1)).toMatchObject({ path: '/admin/replay/7/cancel', body: { by: 'ada' } });
});
