import { coreServices } from '@everyhop/local';
import { build } from '../build.ts';
import { writeTables } from './page.ts';
import { asMarkdown, type Report } from './report.ts';
import { runBenches } from './run-benches.ts';
import { stands } from './stands.ts';

/** How benches are run. */
interface BenchOptions {
  /** Whether they only have to show that they run. */
  quick?: boolean;
  /** Whether one object is printed in place of the tables. */
  json?: boolean;
  /** Whether the tables also go into docs/benchmarks.md. */
  write?: boolean;
}

/** `./dev bench`: runs benches by their names, or `all`, on engines of their own. */
export async function bench(asked: string[], { quick = false, json, write }: BenchOptions): Promise<number> {
  const names = asked.includes('all') ? Object.keys(stands) : asked;
  const unknown = names.filter((name) => !stands[name]);
  if (unknown.length > 0) {
    const known = Object.keys(stands).join(', ');
    console.error(`There is no bench ${unknown.join(', ')}. Name one or more of ${known}, or all.`);
    return 2;
  }
  const projects = coreServices.map((name) => `services/${name}`);
  if ((await build(['bench', ...projects])) !== 0) return 1;

  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(name, () => interruption.abort(new Error('Interrupted; nothing is left running.')));
  const reports: Report[] = [];
  for await (const report of runBenches({ names, quick, signal: interruption.signal })) {
    reports.push(report);
    if (!json) console.log(`\n## ${report.bench}\n\n${await asMarkdown(report)}`);
    if (write) await writeTables([report]);
  }
  if (json) console.log(JSON.stringify({ benches: reports }, null, 2));
  return 0;
}
