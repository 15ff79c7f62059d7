import type { Sample } from './sample.ts';
import type { CpuMeter } from './cpu-meter.ts';

/** Measures `work`, which resolves with how many things it did: how many a second, and CPU for each. */
export async function throughput(
  meter: CpuMeter,
  what: string,
  work: () => Promise<number>,
): Promise<Sample> {
  const clock = startClock(meter, what);
  return clock(await work());
}

/** Starts to measure; the returned function ends it, given how many things were done. */
export function startClock(meter: CpuMeter, what: string): (count: number) => Sample {
  const before = meter.read();
  const start = performance.now();
  return (count) => {
    const seconds = (performance.now() - start) / 1000;
    return { [`${what}s/s`]: count / seconds, ...meter.since(before, count, what) };
  };
}
