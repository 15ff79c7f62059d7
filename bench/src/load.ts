import { portsFrom, readSettings } from '@everyhop/local';
import autocannon, { type Options, type Result } from 'autocannon';
import { pace } from './pace.ts';

const url = () => `http://127.0.0.1:${portsFrom(readSettings().portBase).shop}/orders`;
const headers = { 'content-type': 'application/json' };
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

/** Places orders with autocannon. Rejects when any is answered with other than 201, or when none is answered. */
export async function placeOrders(options: Partial<Options>): Promise<Result> {
  const result = await autocannon({ url: url(), method: 'POST', headers, body: order, ...options });
  const codes = Object.keys(result.statusCodeStats ?? {});
  const others = codes.filter((code) => code !== '201');
  if (others.length > 0) throw new Error(`orders were answered with ${others.join(' and ')}`);
  if (codes.length === 0) throw new Error('no order was taken');
  return result;
}

/**
 * Places `rate` orders a second, whether or not those before are answered, which autocannon's connections wait for.
 * How often each status came, and after how many milliseconds an order was taken; `0` is no answer at all.
 */
export async function floodWithOrders(
  rate: number,
  seconds: number,
): Promise<{ answers: Record<string, number>; takenMs: number[] }> {
  const answers: Record<string, number> = {};
  const takenMs: number[] = [];
  await pace(rate, seconds, async () => {
    const start = performance.now();
    const status = await fetch(url(), { method: 'POST', headers, body: order }).then(
      (answer) => answer.arrayBuffer().then(() => answer.status),
      () => 0,
    );
    answers[status] = (answers[status] ?? 0) + 1;
    if (status === 201) takenMs.push(performance.now() - start);
  });
  return { answers, takenMs };
}
