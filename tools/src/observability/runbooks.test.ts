/** What would go wrong: somebody is woken, follows the link of the alert, and finds nothing. */
import { expect, test } from '@jest/globals';
import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '@everyhop/local';
import { parse } from 'yaml';
import type { RuleFile } from './slo-rules.ts';

const paths = globSync('infra/prometheus/rules/*.yml', { cwd: root });
const files = await Promise.all(
  paths.map(async (path): Promise<RuleFile> => parse(await readFile(join(root, path), 'utf8'))),
);
const rules = files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules));
const alerts = rules.flatMap((rule) => ('alert' in rule ? [rule] : []));

test('each alert leads to a section of its own name, and no such section is without an alert', async () => {
  const page = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const sections = [...page.matchAll(/^### (\w+)$/gm)].map(([, heading]) => heading!);
  const names = [...new Set(alerts.map(({ alert }) => alert))];
  expect(sections.toSorted()).toEqual(names.toSorted());
  for (const { alert, annotations } of alerts)
    expect(annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
});

test('a runbook asks for no command of ./dev that there is not', async () => {
  const page = await readFile(join(root, 'docs/operations.md'), 'utf8');
  const help = await readFile(join(root, 'tools/src/help.txt'), 'utf8');
  const known = [...help.matchAll(/^ {2}\.\/dev (\w+)/gm)].map(([, name]) => name);
  for (const [, name] of page.matchAll(/\.\/dev (\w+)/g)) expect(known).toContain(name);
});

test('each alert says how urgent it is, and whom it is about', () => {
  for (const { labels, annotations } of alerts) {
    expect(['page', 'ticket']).toContain(labels?.severity);
    expect(annotations.summary).toContain('{{ $labels.');
  }
});
