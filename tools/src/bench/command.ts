import { parseArgs } from 'node:util';
import { coreServices } from '@everyhop/local';
import { build } from '../build.ts';
import { writeTables } from './page.ts';
import { asMarkdown, type Report } from './report.ts';
import { runBenches } from './run-benches.ts';
import { stands } from './stands.ts';

/**
 * `./dev bench NAME … | all [--quick] [--json] [--write]`: runs benches on engines of their own. `--quick` only shows
 * that they run, `--json` prints one object, `--write` also puts the tables into docs/benchmarks.md.
 */
export async function bench(args: string[]): Promise<number> {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { quick: flag, json: flag, write: flag },
  });
  const names = positionals.includes('all') ? Object.keys(stands) : positionals;
  const unknown = names.filter((name) => !stands[name]);
  if (names.length === 0 || unknown.length > 0) {
    const problem = unknown.length > 0 ? `There is no bench ${unknown.join(', ')}. ` : '';
    console.error(`${problem}Name one or more of ${Object.keys(stands).join(', ')}, or all.`);
    return 2;
  }
  const projects = coreServices.map((name) => `services/${name}`);
  if ((await build(['bench', ...projects])) !== 0) return 1;

  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(name, () => interruption.abort(new Error('Interrupted; nothing is left running.')));
  const reports: Report[] = [];
  for await (const report of runBenches({ names, quick: values.quick, signal: interruption.signal })) {
    reports.push(report);
    if (!values.json) console.log(`\n## ${report.bench}\n\n${await asMarkdown(report)}`);
    if (values.write) await writeTables([report]);
  }
  if (values.json) console.log(JSON.stringify({ benches: reports }, null, 2));
  return 0;
}
