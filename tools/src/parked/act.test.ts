import { afterEach, expect, test } from '@jest/globals';
import { standInBilling } from './run-dev.fixture.ts';

let billing: Awaited<ReturnType<typeof standInBilling>>;
afterEach(() => billing.stop());

test.each([
  ['redrive', '3 events are tried again, each in its turn.\n'],
  ['discard', '3 events are given up; what waited behind goes on.\n'],
])('%s says who, why and which, and how many there were', async (command, sentence) => {
  billing = await standInBilling(() => ({ body: { count: 3 } }));
  const { output, code } = await billing.dev(
    command,
    'billing',
    '--reason',
    'bank',
    '--why',
    'it is open again',
  );
  expect([output, code]).toEqual([sentence, 0]);
  expect(billing.requests).toEqual([
    {
      path: `/admin/parked/${command}`,
      query: {},
      body: { filter: { reason: 'bank' }, all: false, by: 'ada', why: 'it is open again' },
    },
  ]);
});

test('all is only meant by --all', async () => {
  billing = await standInBilling(() => ({ body: { count: 1 } }));
  const { errors, code } = await billing.dev('discard', 'billing');
  expect(errors).toMatch(
    /^Say which events: --handler, .*, or --all\. \.\/dev parked billing lists them\.$/m,
  );
  expect(code).toBe(2);
  expect(billing.requests).toEqual([]);
  const { output } = await billing.dev('discard', 'billing', '--all');
  expect(output).toMatch(/^1 event is given up/);
  expect(billing.requests[0]!.body).toMatchObject({ filter: {}, all: true, why: 'not said' });
});

test('a filter that nothing fits is an error', async () => {
  billing = await standInBilling(() => ({ body: { count: 0 } }));
  const { errors, code } = await billing.dev('redrive', 'billing', '--key', 'x');
  expect(errors).toBe('Nothing that is parked in billing fits: ./dev parked billing lists it.\n');
  expect(code).toBe(1);
});

test('what the service refuses is said in its words', async () => {
  const errors = [{ pointer: '#/filter/state', detail: 'must be waiting or dead' }];
  billing = await standInBilling(() => ({
    status: 422,
    body: { detail: 'The request is not valid.', errors },
  }));
  const answer = await billing.dev('redrive', 'billing', '--state', 'asleep');
  expect(answer.errors).toBe('billing: The request is not valid. #/filter/state must be waiting or dead\n');
  expect(answer.code).toBe(1);
});

test.each([
  [['redrive'], "missing required argument 'service'", 2],
  [['redrive', 'crm', '--all'], 'crm does not answer at', 1],
])('a service that is not named or does not run is said: %j', async (args, sentence, expected) => {
  billing = await standInBilling(() => ({ body: {} }));
  const { errors, code } = await billing.dev(...args);
  expect(errors).toContain(sentence);
  expect(code).toBe(expected);
});
