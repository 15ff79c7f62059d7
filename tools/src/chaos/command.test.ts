import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { root } from '@everyhop/local';
import { asJson, isSound, report } from './report.ts';
import type { Verdict } from './run-chaos.ts';

const sound: Verdict = {
  seed: '7',
  orders: 100,
  kills: 4,
  freezes: 3,
  restarts: 2,
  cuts: 1,
  damages: [],
  deadLettered: 0,
  eventsResent: 12,
  mailsResent: 1,
  recoveredMs: 8_250,
  unrest: [],
};
const damages: Verdict['damages'] = [
  { kind: 'lost', of: 'order 1', what: 'has no invoice' },
  { kind: 'lost', of: 'order 2', what: 'has no mail' },
  { kind: 'duplicated', of: 'order 3', what: 'has 2 × invoice: a, b' },
];

test('the verdict in JSON is one line with the damages counted', () => {
  const line = asJson({ ...sound, damages });
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({
    ...{ seed: '7', orders: 100, kills: 4, freezes: 3, restarts: 2, cuts: 1 },
    ...{ lost: 2, duplicated: 1, outOfOrder: 0 },
    ...{ deadLettered: 0, eventsResent: 12, mailsResent: 1, recoveredMs: 8_250 },
  });
});

test('the report names each damaged order', () => {
  const lines = report({ ...sound, damages });
  expect(lines).toContain('lost: order 2: has no mail');
  expect(lines).toContain('duplicated: order 3: has 2 × invoice: a, b');
});

test('a run is sound when nothing is damaged and the system came to rest', () => {
  expect(isSound(sound)).toBe(true);
  expect(isSound({ ...sound, damages })).toBe(false);
  const restless = { ...sound, recoveredMs: null, unrest: ['3 jobs of crm'] };
  expect(isSound(restless)).toBe(false);
  expect(report(restless)).toContain('not quiet: 3 jobs of crm');
});

test.each([
  ['--orders', 'many'],
  ['--seconds', '0'],
  ['--speed', '9'],
])('%s %s is refused before anything starts', (option, value) => {
  const { status, stderr } = spawnSync('./dev', ['chaos', option, value], { cwd: root, encoding: 'utf8' });
  expect(stderr).toContain(option);
  expect(stderr).toContain('./dev chaos [options]');
  expect(status).toBe(2);
});
