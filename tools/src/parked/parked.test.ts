import { afterEach, expect, test } from '@jest/globals';
import { standInBilling } from './run-dev.fixture.ts';

let billing: Awaited<ReturnType<typeof standInBilling>>;
afterEach(() => billing.stop());

const now = Date.now();
const ago = (seconds: number) => new Date(now - seconds * 1000).toISOString();
const dead = {
  handler: 'billing.issue-invoice',
  eventId: 'e1',
  type: 'shop.OrderPlaced',
  key: 'order-1',
  state: 'dead',
  behind: false,
  attempts: 10,
  reason: 'the bank\nis closed',
  parkedAt: ago(100),
  firstFailure: ago(7_300),
  nextAttemptAt: null,
  traceId: 'abc',
  source: 'shop.orders/3/17',
  payload: { orderId: 'order-1', total: { amount: '10036' } },
};
const behind = {
  ...dead,
  eventId: 'e2',
  state: 'waiting',
  behind: true,
  attempts: 0,
  reason: null,
  parkedAt: ago(90),
  firstFailure: null,
};
const unreadable = {
  ...dead,
  handler: '',
  key: '',
  reason: 'no schema 7',
  payload: null,
  unreadable: 'no schema 7',
};

test('what is parked is a table with a line for each event', async () => {
  billing = await standInBilling(() => ({ body: [dead, behind] }));
  const { output, code } = await billing.dev('parked', 'billing');
  expect(output).toBe(`\
SERVICE  HANDLER                KEY      STATE   ATTEMPTS  AGE  REASON
billing  billing.issue-invoice  order-1  dead    10        2h   the bank is closed
billing  billing.issue-invoice  order-1  behind  0         1m
`);
  expect(code).toBe(0);
});

test('--show prints what is in each, or why that can’t be read', async () => {
  billing = await standInBilling(() => ({ body: [dead, unreadable] }));
  const { output } = await billing.dev('parked', 'billing', '--show');
  expect(output).toContain(`
    event e1, shop.OrderPlaced, shop.orders/3/17, trace abc
    {
      "orderId": "order-1",
      "total": {
        "amount": "10036"
      }
    }
`);
  expect(output).toContain("    can't be read: no schema 7\n");
});

test('--json prints one object a line, with its service', async () => {
  billing = await standInBilling(() => ({ body: [dead, behind] }));
  const { output } = await billing.dev('parked', 'billing', '--json');
  expect(
    output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { service: 'billing', ...dead },
    { service: 'billing', ...behind },
  ]);
});

test('the filter is passed on, times also as how long ago', async () => {
  billing = await standInBilling(() => ({ body: [] }));
  const filter = ['--handler', 'h', '--key', 'k', '--event', 'e', '--reason', 'r', '--state', 'dead'];
  const { output, code } = await billing.dev(
    'parked',
    'billing',
    ...filter,
    '--since',
    '2h',
    '--until',
    '2030-01-31',
  );
  expect([output, code]).toEqual(['Nothing that is parked fits.\n', 0]);
  const [{ path, query }] = billing.requests as [any];
  const { since, ...rest } = query;
  expect(path).toBe('/admin/parked');
  expect(rest).toEqual({
    handler: 'h',
    key: 'k',
    eventId: 'e',
    reason: 'r',
    state: 'dead',
    until: '2030-01-31T00:00:00.000Z',
    limit: '1000',
  });
  expect((Date.now() - Date.parse(since)) / 3_600_000).toBeCloseTo(2, 1);
});

test('when nothing is parked that is said, or with --json nothing', async () => {
  billing = await standInBilling(() => ({ body: [] }));
  expect(await billing.dev('parked', 'billing')).toEqual({
    output: 'Nothing is parked.\n',
    errors: '',
    code: 0,
  });
  expect(await billing.dev('parked', 'billing', '--json')).toEqual({ output: '', errors: '', code: 0 });
});

test('without a service all are asked, and those that do not run are named', async () => {
  billing = await standInBilling(() => ({ body: [dead] }));
  const { output, errors, code } = await billing.dev('parked');
  expect(output).toContain('order-1');
  expect(errors).toMatch(
    /^shop does not answer at http:\/\/127\.0\.0\.1:\d+: is it running\? See \.\/dev status\.$/m,
  );
  expect(errors).not.toContain('billing');
  expect(code).toBe(1);
});

test.each([
  [['parked', 'biling'], 'There is no service "biling"; there are: analytics, billing, ', 2],
  [['parked', 'billing', '--since', 'soon'], '--since is a time, such as', 2],
  [['parked', '--colour'], "unknown option '--colour'", 2],
])('bad options are named: %j', async (args, sentence, expected) => {
  billing = await standInBilling(() => ({ body: [] }));
  const { errors, code } = await billing.dev(...args);
  expect(errors).toContain(sentence);
  expect(code).toBe(expected);
  expect(billing.requests).toEqual([]);
});
