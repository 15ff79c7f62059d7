import { portsFrom, readSettings } from '@everyhop/local';
import autocannon, { type Options, type Result } from 'autocannon';

const order = JSON.stringify({
  customer: { name: 'Ada Lovelace', email: 'ada@example.com' },
  shippingAddress: {
    name: 'Ada Lovelace',
    street: 'Invalidenstraße 117',
    postalCode: '10115',
    city: 'Berlin',
    country: 'DE',
  },
  lines: [
    { sku: 'HOP-MUG', quantity: 2 },
    { sku: 'HOP-KETTLE', quantity: 1 },
  ],
});

/**
 * Places orders with autocannon. Rejects when any is answered with other than `expected` (default: 201), or when
 * none is answered.
 */
export async function placeOrders(
  options: Partial<Options>,
  expected: RegExp = /^201$/,
): Promise<{ result: Result; answers: Record<string, number> }> {
  const { portBase } = readSettings();
  const result = await autocannon({
    url: `http://127.0.0.1:${portsFrom(portBase).shop}/orders`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: order,
    ...options,
  });
  const codes = Object.entries(result.statusCodeStats ?? {}).map(([code, { count }]) => [code, count ?? 0]);
  const answers: Record<string, number> = Object.fromEntries(codes);
  const other = Object.keys(answers).filter((code) => !expected.test(code));
  if (other.length > 0) throw new Error(`orders were answered with ${other.join(' and ')}`);
  if (!answers['201']) throw new Error('no order was taken');
  return { result, answers };
}
