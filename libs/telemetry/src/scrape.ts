let scrape: (() => Promise<string>) | undefined;

/** Called by `register` with what collects the metrics. */
export function onScrape(collect: () => Promise<string>): void {
  scrape = collect;
}

/**
 * All metrics of this process as they are now, in Prometheus's text format, within 3 s; `undefined` without
 * `register`.
 */
export const scrapeMetrics = async (): Promise<string | undefined> => scrape?.();
