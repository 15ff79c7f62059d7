import { expect, test } from '@jest/globals';
import { asMarkdown, type Report } from './report.ts';

const of = (median: number, min = median, max = median) => ({ median, min, max });

const report: Report = {
  bench: 'relay',
  at: '2026-11-21T15:20:07.123Z',
  quick: false,
  machine: { cpu: 'CPU', cores: 2, memoryGb: 24, system: 'Linux 6', node: 'v24.21.0' },
  load: 0.5,
  question: 'How fast?',
  rounds: 3,
  contenders: [
    { name: 'ours', figures: { 'events/s': of(12_345, 12_000, 13_000), ms: of(1.234) } },
    { name: 'theirs', figures: { 'events/s': of(6_000), 'Connect µs/event': of(0.01234) } },
  ],
  ratios: { 'events/s': [of(1), of(2.0575, 2, 2.2)] },
};

test('a report is a table of figures by contender, with the ratio to each of the others', async () => {
  const lines = (await asMarkdown(report)).split('\n');
  const row = (name: string) =>
    lines
      .find((line) => line.startsWith(`| ${name}`))
      ?.split('|')
      .map((cell) => cell.trim())
      .slice(2, -1);
  expect(lines[0]).toBe('How fast? Median (smallest to largest) of 3 rounds:');
  expect(row('events/s')).toEqual(['12,300 (12,000 to 13,000)', '6,000']);
  expect(row('ms')).toEqual(['1.23', '']);
  expect(row('Connect')).toEqual(['', '0.0123']);
  expect(row('**ours ÷ it**, events/s')).toEqual(['', '2.06 (2 to 2.2)']);
});

test('a report says with what, when and where it was measured', async () => {
  expect((await asMarkdown(report)).trimEnd().split('\n').at(-1)).toBe(
    '`./dev bench relay`, 2026-11-21 15:20 UTC; 2 × CPU, 24 GB, Linux 6, Node v24.21.0; load before: 0.5',
  );
});
