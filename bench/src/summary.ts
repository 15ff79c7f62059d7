/** Some numbers in short. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** The value below which `share` of `values` lie: `quantile(values, 0.99)`. NaN of none. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.ceil(share * sorted.length), sorted.length) - 1] ?? NaN;
}

/** Median, smallest and largest of `values`. */
export function summarise(values: number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const median = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** The quantiles that are shown of times in milliseconds. */
export const percentiles = (values: number[], where = ''): Record<string, number> => ({
  [`p50 ms${where}`]: quantile(values, 0.5),
  [`p99 ms${where}`]: quantile(values, 0.99),
  [`p99.9 ms${where}`]: quantile(values, 0.999),
});
