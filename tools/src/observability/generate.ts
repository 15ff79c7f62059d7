import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { pretty } from '../pretty.ts';
import { dashboards } from './dashboards.ts';
import { sloRules } from './slo-rules.ts';
import { readSlos } from './slos.ts';

const source = 'infra/prometheus/slos.yaml';
const rules = 'infra/prometheus/rules/slos.yml';
const note = `# Made of ../slos.yaml by ./dev observability generate; edit that.\n`;

/** Writes the rules and the dashboards below `root`; returns the paths that changed. */
export async function generate(root: string): Promise<string[]> {
  const files = await outdated(root);
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  return [...files.keys()];
}

/** One sentence for each file that is not what its source says; none when all is well. */
export async function check(root: string): Promise<string[]> {
  return [...(await outdated(root)).keys()].map(
    (path) => `${path} is not what its source says: run ./dev observability generate and commit it.`,
  );
}

/** What the files that are different or missing should be, by path. */
async function outdated(root: string): Promise<Map<string, string>> {
  const files = new Map([
    [rules, note + stringify(sloRules(await readSlos(join(root, source))), { lineWidth: 0 })],
    ...dashboards().map(
      (dashboard) => [`infra/grafana/dashboards/${dashboard.uid}.json`, JSON.stringify(dashboard)] as const,
    ),
  ]);
  const changed = new Map<string, string>();
  for (const [path, text] of files) {
    const content = await pretty(path, text);
    const before = await readFile(join(root, path), 'utf8').catch(() => undefined);
    if (content !== before) changed.set(path, content);
  }
  return changed;
}
