import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { root } from '@everyhop/local';
import type { Outcome } from './outcome.ts';

interface TestFile {
  /** Absolute path. */
  name: string;
  status: string;
  assertionResults: { fullName: string; status: string }[];
}

/** Reads what `jest --json` wrote; rejects when that is not there. A file that fails as a whole counts as one failure. */
export async function readJestResult(path: string): Promise<Outcome> {
  const { testResults } = JSON.parse(await readFile(path, 'utf8')) as { testResults: TestFile[] };
  const statuses = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ status }) => status),
  );
  const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
  const failures = testResults.flatMap(failuresOf);
  return {
    passed: count('passed'),
    failed: failures.length,
    skipped: statuses.length - count('passed') - count('failed'),
    failures,
  };
}

function failuresOf({ name, status, assertionResults }: TestFile): string[] {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [`${file}: failed outside of its tests`];
  return failed.map(({ fullName }) => `${file}: ${fullName}`);
}
