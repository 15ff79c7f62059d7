import { afterEach, expect, test } from '@jest/globals';
import { standInBilling } from '../parked/run-dev.fixture.ts';

let billing: Awaited<ReturnType<typeof standInBilling>>;
afterEach(() => billing.stop());

const eventId = '019ab3f0-1c00-7000-8000-000000000001';
const entry = {
  eventId,
  type: 'shop.OrderPlaced',
  handler: 'billing.issue-invoice',
  key: 'order-1',
  correlationId: eventId,
  attempt: 1,
  reason: null,
  by: null,
  traceId: 'abc',
};
const parked = { ...entry, at: '2030-01-01T00:00:01.000Z', what: 'parked', reason: 'the bank\nis closed' };
const redriven = {
  ...entry,
  at: '2030-01-01T00:00:02.000Z',
  what: 'redriven',
  attempt: null,
  reason: 'it is open',
  by: 'ada',
};
const handled = { ...entry, at: '2030-01-01T00:00:03.000Z', what: 'handled' };
const entries = [handled, redriven, parked];

test('the trail of an order is a table in the order of time, from its publication on, with a link to its trace', async () => {
  billing = await standInBilling(({ query }) => ({
    body: query['correlationId'] || query['key'] ? entries : [],
  }));
  const { output, errors, code } = await billing.dev('trail', 'order-1');
  const published = new Date(parseInt('019ab3f01c00', 16)).toISOString();
  expect(output).toContain(`\
TIME                      SERVICE  WHAT       EVENT             HANDLER                TRY  WHY
${published}  shop     published  shop.OrderPlaced  -                      -
2030-01-01T00:00:01.000Z  billing  parked     shop.OrderPlaced  billing.issue-invoice  1    the bank is closed
2030-01-01T00:00:02.000Z  billing  redriven   shop.OrderPlaced  billing.issue-invoice  -    it is open (ada)
2030-01-01T00:00:03.000Z  billing  handled    shop.OrderPlaced  billing.issue-invoice  1

event  ${eventId}  shop.OrderPlaced of order-1
`);
  expect(output).toMatch(/^trace {2}http:\/\/.*\/trace\/abc$/m);
  expect(billing.requests.map(({ query: { limit: _, ...of } }) => of)).toEqual([
    { eventId: 'order-1' },
    { key: 'order-1' },
    { correlationId: eventId },
  ]);
  // The others do not run: that is said, and what billing knows is printed all the same.
  expect(errors).toMatch(/^shop does not answer at /m);
  expect(code).toBe(1);
});

test('the trail of an event is that of no other; --json prints one object a line', async () => {
  billing = await standInBilling(({ query }) => ({ body: query['eventId'] === eventId ? entries : [] }));
  const { output } = await billing.dev('trail', eventId, '--json');
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { service: 'shop', what: 'published', handler: null },
    { service: 'billing', ...parked },
    { service: 'billing', ...redriven },
    { service: 'billing', ...handled },
  ]);
  expect(billing.requests).toHaveLength(1);
});

test.each([
  [[], "missing required argument 'id'"],
  [['a', 'b'], 'too many arguments'],
])('without exactly one id it says how to ask: %j', async (ids, sentence) => {
  billing = await standInBilling(() => ({ body: [] }));
  const { errors, code } = await billing.dev('trail', ...ids);
  expect(errors).toContain(sentence);
  expect(errors).toContain("an order's id or another key, or the id of an event");
  expect(code).toBe(2);
});
