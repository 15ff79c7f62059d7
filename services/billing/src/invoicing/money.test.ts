import { expect, test } from '@jest/globals';
import { formatMoney } from './money.ts';

test.each([
  [123456n, 'EUR', '€1,234.56'],
  [5n, 'EUR', '€0.05'],
  [-5n, 'EUR', '-€0.05'],
  [0n, 'USD', 'US$0.00'],
  [1999n, 'JPY', 'JP¥1,999'],
  [1234567n, 'KWD', 'KWD 1,234.567'],
  [199900n, 'HUF', 'HUF 1,999.00'],
  [12345n, 'CLF', 'CLF 1.2345'],
])('%s minor units of %s are written %s', (amount, currency, written) => {
  expect(formatMoney({ amount, currency }).replaceAll('\u00a0', ' ')).toBe(written);
});

test('no cent is lost in an amount beyond the precision of a number', () => {
  expect(formatMoney({ amount: 9007199254740993_01n, currency: 'EUR' })).toBe('€9,007,199,254,740,993.01');
});
