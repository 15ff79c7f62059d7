import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@everyhop/local';
import { entriesIn, isUpToDate, orphansIn, renew } from './reports.ts';

/** Writes what each entry of the libraries offers. */
export function generateReports(): number {
  for (const entry of entriesIn(root)) if (renew(root, entry)) console.log(entry.report);
  for (const orphan of orphansIn(root)) rmSync(join(root, orphan));
  return 0;
}

/** Says which entries of the libraries offer something else than is written down; 1 when there are any. */
export function checkReports(): number {
  const outdated = entriesIn(root).filter((entry) => !isUpToDate(root, entry));
  const files = [...outdated.map(({ report }) => report), ...orphansIn(root)];
  for (const file of files)
    console.error(`${file} is not what the library offers: run ./dev api generate and commit it.`);
  return files.length === 0 ? 0 : 1;
}
