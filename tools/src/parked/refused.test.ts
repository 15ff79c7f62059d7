import { afterEach, expect, test } from '@jest/globals';
import { standInBilling } from './run-dev.fixture.ts';

let billing: Awaited<ReturnType<typeof standInBilling>>;
afterEach(() => billing.stop());

const tooLarge = {
  eventId: 'e1',
  topic: 'billing.invoices',
  key: 'order-1',
  type: 'billing.InvoiceIssued',
  reason: 'larger than the max',
  time: new Date(Date.now() - 300_000).toISOString(),
  behind: 2,
};

test('what the broker refused is a table with a line for each event', async () => {
  billing = await standInBilling(() => ({ body: [tooLarge] }));
  const { output, code } = await billing.dev('parked', 'billing', '--refused', '--topic', 'billing.invoices');
  expect(output).toBe(`\
SERVICE  TOPIC             KEY      EVENT  BEHIND  AGE  REASON
billing  billing.invoices  order-1  e1     2       5m   larger than the max
`);
  expect(code).toBe(0);
  expect(billing.requests).toEqual([
    { path: '/admin/refused', query: { topic: 'billing.invoices', limit: '1000' } },
  ]);
});

test('nothing refused is said as such', async () => {
  billing = await standInBilling(() => ({ body: [] }));
  expect((await billing.dev('parked', 'billing', '--refused')).output).toBe('Nothing is refused.\n');
});

test.each(['redrive', 'discard'])('%s --refused acts on what the broker refused', async (command) => {
  billing = await standInBilling(({ body }) => ({ body: { count: body.filter.eventId === 'e1' ? 1 : 0 } }));
  const { output, code } = await billing.dev(command, 'billing', '--refused', '--event', 'e1');
  expect(output).toMatch(/^1 event is /);
  expect(code).toBe(0);
  expect(billing.requests[0]).toMatchObject({ path: `/admin/refused/${command}`, body: { all: false } });
  const { errors } = await billing.dev(command, 'billing', '--refused', '--event', 'e2');
  expect(errors).toBe('Nothing that is refused in billing fits: ./dev parked billing --refused lists it.\n');
});
