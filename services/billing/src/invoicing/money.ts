import type { Money } from './invoice.ts';

/** ISO 4217 currencies whose minor unit is not a hundredth. Intl's own digits are for display: it has none for HUF. */
const exponents = new Map(
  Object.entries({
    0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    3: 'BHD IQD JOD KWD LYD OMR TND',
    4: 'CLF UYW',
  }).flatMap(([exponent, currencies]) =>
    currencies.split(' ').map((currency) => [currency, Number(exponent)]),
  ),
);

/** Writes an amount for a reader, exactly: `{ amount: 123456n, currency: 'EUR' }` is €1,234.56. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = exponents.get(currency) ?? 2;
  return new Intl.NumberFormat('en-GB', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(`${amount}E-${digits}` as `${number}`);
}
