import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { root } from '@everyhop/local';
import { runCommand, tail } from './run-command.ts';

/** Some tests. */
export interface Selection {
  /** Test files, relative to the root. */
  files: string[];
  /** Of those, only the tests whose names match. */
  name?: string;
}

/** All test files; jest's configuration says what one is. `logs`: folder for jest's output. */
export async function testFiles(logs: string): Promise<string[]> {
  const log = join(logs, 'list.log');
  if ((await runCommand(['jest', '--listTests'], { log })) !== 0) throw new Error(await tail(log));
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  return lines.map((path) => relative(root, path)).sort();
}

/**
 * Those of `files` whose paths contain `filter`; when there is none, the tests with `filter` in their name, as the
 * source writes it. Capitals don't count.
 */
export async function selectTests(files: string[], filter: string): Promise<Selection> {
  const matches = (text: string) => text.toLowerCase().includes(filter.toLowerCase());
  const byPath = files.filter(matches);
  if (byPath.length > 0) return { files: byPath };
  const sources = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8')));
  return {
    files: files.filter((_, index) => matches(sources[index]!)),
    name: filter.replace(/[^\w\s]/g, '\\$&'),
  };
}
