import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '@everyhop/local';
import { pretty } from '../pretty.ts';
import { asMarkdown, type Report } from './report.ts';

const path = join(root, 'docs/benchmarks.md');

/** Replaces the tables of `reports` in docs/benchmarks.md; each stands between marks with the name of its bench. */
export async function writeTables(reports: Report[]): Promise<void> {
  let page = await readFile(path, 'utf8');
  for (const report of reports) {
    const [begin, end] = [`<!-- ${report.bench} -->`, `<!-- /${report.bench} -->`];
    const from = page.indexOf(begin);
    const to = page.indexOf(end);
    if (from < 0 || to < from) throw new Error(`Put ${begin} and ${end} into docs/benchmarks.md.`);
    page = `${page.slice(0, from + begin.length)}\n\n${await asMarkdown(report)}\n${page.slice(to)}`;
  }
  await writeFile(path, await pretty(path, page));
}
