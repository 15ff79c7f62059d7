import { oneCheck, summary, type Outcome } from './outcome.ts';

/** One run of the tests. */
export interface Run {
  /** The folder for all output, and for the state of what the tests stand on. */
  folder: string;
  /** Aborted when a person wants no more of it. */
  signal: AbortSignal;
}

/** Runs a part of the tests and says how long it took and how it went; one that throws counts as one failure. */
export async function runStage(
  name: string,
  { signal }: Run,
  stage: () => Promise<Outcome>,
): Promise<Outcome> {
  signal.throwIfAborted();
  const start = performance.now();
  console.log(`${name} …`);
  const outcome = await stage().catch((error: Error) => {
    console.error(error.message);
    return oneCheck(name, false);
  });
  const seconds = (performance.now() - start) / 1000;
  console.log(`${name}: ${summary(outcome)} (${seconds.toFixed(1)} s)`);
  return outcome;
}
