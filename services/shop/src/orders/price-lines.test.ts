import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { priceLines } from './price-lines.ts';

const catalogue = [
  { sku: 'MUG', name: 'Mug', unitPrice: 1290n },
  { sku: 'STICKER', name: 'Sticker', unitPrice: 95n },
];
const eur = (amount: bigint) => ({ amount, currency: 'EUR' });

test('prices come from the catalogue, and tax is added once on their sum', () => {
  const requested = [
    { sku: 'STICKER', quantity: 1 },
    { sku: 'MUG', quantity: 2 },
  ];
  expect(priceLines(requested, catalogue)).toEqual({
    lines: [
      { sku: 'STICKER', name: 'Sticker', quantity: 1, unitPrice: eur(95n), lineTotal: eur(95n) },
      { sku: 'MUG', name: 'Mug', quantity: 2, unitPrice: eur(1290n), lineTotal: eur(2580n) },
    ],
    net: eur(2675n),
    tax: eur(508n),
    total: eur(3183n),
    taxRatePercent: 19,
  });
});

test.each([
  [50n, 10n], // 9.5
  [150n, 29n], // 28.5
  [2n, 0n], // 0.38
  [3n, 1n], // 0.57
])('half a cent of tax is rounded up, less is dropped: on %s cents %s', (unitPrice, tax) => {
  const priced = priceLines([{ sku: 'A', quantity: 1 }], [{ sku: 'A', name: 'A', unitPrice }]);
  expect(priced.tax.amount).toBe(tax);
});

test('whatever is ordered, the lines add up to net, and net and tax to the total', () => {
  const line = fc.record({
    sku: fc.constantFrom('MUG', 'STICKER'),
    quantity: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 100 }), (requested) => {
      const { lines, net, tax, total } = priceLines(requested, catalogue);
      expect(lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0n)).toBe(net.amount);
      expect(net.amount + tax.amount).toBe(total.amount);
    }),
  );
});

test('each line whose product there is not is named', () => {
  const requested = ['MUG', 'CUP', 'STICKER', 'POT'].map((sku) => ({ sku, quantity: 1 }));
  expect(() => priceLines(requested, catalogue)).toThrow(
    expect.objectContaining({
      status: 422,
      errors: ['#/lines/1/sku', '#/lines/3/sku'].map((pointer) => expect.objectContaining({ pointer })),
    }),
  );
});
