/** What a stage of the tests has found. */
export interface Outcome {
  passed: number;
  failed: number;
  skipped: number;
  /** What failed, by name. */
  failures: string[];
}

/** The outcome of a stage that is one check. */
export const oneCheck = (name: string, isGood: boolean): Outcome =>
  isGood
    ? { passed: 1, failed: 0, skipped: 0, failures: [] }
    : { passed: 0, failed: 1, skipped: 0, failures: [name] };

/** The outcome of what can't be done on this machine; says why. */
export function skipped(reason: string): Outcome {
  console.log(`  skipped: ${reason}`);
  return { passed: 0, failed: 0, skipped: 1, failures: [] };
}

/** The outcome of a stage of which all that had failed was run once more. */
export const repeated = (first: Outcome, again: Outcome): Outcome => ({
  ...first,
  passed: Math.max(first.passed, first.passed + first.failed - again.failed),
  failed: again.failed,
  failures: again.failures,
});

/** All of them together. */
export const total = (outcomes: Outcome[]): Outcome => ({
  passed: sum(outcomes, ({ passed }) => passed),
  failed: sum(outcomes, ({ failed }) => failed),
  skipped: sum(outcomes, ({ skipped }) => skipped),
  failures: outcomes.flatMap(({ failures }) => failures),
});

const sum = (outcomes: Outcome[], of: (outcome: Outcome) => number) =>
  outcomes.reduce((result, outcome) => result + of(outcome), 0);

/** `12 passed, 0 failed`, and what was skipped, if anything was. */
export const summary = ({ passed, failed, skipped }: Outcome): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
