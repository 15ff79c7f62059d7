/** What would go wrong: an alert that nobody sees fire until it is needed, or that wakes people for nothing. */
import { expect } from '@jest/globals';
import { globSync } from 'node:fs';
import { root } from '@everyhop/local';
import { promtool, run, test } from './prometheus.fixture.ts';

const folder = 'infra/prometheus';
const files = (pattern: string) => globSync(`${folder}/${pattern}`, { cwd: root });

test('configuration and rules are what Prometheus accepts', async () => {
  await run([promtool!, 'check', 'config', '--syntax-only', `${folder}/prometheus.yml`]);
  await run([promtool!, 'check', 'rules', '--lint=all', '--lint-fatal', ...files('rules/*.yml')]);
});

test('each alert fires at its threshold, and not below it', async () => {
  const report = await run([promtool!, 'test', 'rules', ...files('tests/*.yml')]);
  expect(report.match(/SUCCESS/g)).toHaveLength(files('tests/*.yml').length);
});
