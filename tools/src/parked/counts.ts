/** How many events of a service need somebody. */
export interface FailedCounts {
  /** Failed and tried again by themselves, or behind one that is. */
  parked: number;
  /** Given up: they wait for an operator. */
  dead: number;
  /** Never to be taken by the broker: they wait for an operator. */
  refused: number;
}

/** Reads them from a service's metrics; rejects when it does not answer within 2 s. */
export async function failedCounts(url: string): Promise<FailedCounts> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) });
  const text = await response.text();
  const sum = (series: RegExp) =>
    [...text.matchAll(series)].reduce((total, [, value]) => total + Number(value), 0);
  return {
    parked: sum(/^everyhop_inbox_parked\{[^}]*state="waiting"[^}]*\} (\S+)/gm),
    dead: sum(/^everyhop_inbox_parked\{[^}]*state="dead"[^}]*\} (\S+)/gm),
    refused: sum(/^everyhop_outbox_refused(?:\{[^}]*\})? (\S+)/gm),
  };
}

/** `2 parked, 1 dead`; `undefined` when there is none. */
export function describeCounts(counts: FailedCounts): string | undefined {
  const said = Object.entries(counts).filter(([, count]) => count > 0);
  return said.map(([what, count]) => `${count} ${what}`).join(', ') || undefined;
}
