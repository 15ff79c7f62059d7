import { expect, test } from '@jest/globals';
import type { Bench } from './bench.ts';
import { CpuMeter } from './cpu-meter.ts';
import { runBench } from './run-bench.ts';

const scene = { quick: false, meter: new CpuMeter(undefined), say: () => {} };

/** Contenders that give these figures round by round, and what was done in which order. */
function benchOf(figures: Record<string, number[]>, options: Partial<Bench> = {}) {
  const done: string[] = [];
  const bench: Bench = {
    question: 'Which?',
    rounds: 3,
    warmUps: 0,
    compared: ['things/s'],
    async contenders({ defer }) {
      defer(() => done.push('cleaned up'));
      return Object.entries(figures).map(([name, values]) => ({
        name,
        async run() {
          done.push(name);
          return { 'things/s': values[done.filter((one) => one === name).length - 1]! };
        },
      }));
    },
    ...options,
  };
  return { bench, done };
}

test('contenders take turns, and all is cleaned up at the end', async () => {
  const { bench, done } = benchOf({ a: [1, 1, 1], b: [1, 1, 1] });
  await runBench(bench, scene);
  expect(done).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'cleaned up']);
});

test('a ratio is that of one round, so that a slow round is slow for both', async () => {
  const { bench } = benchOf({ a: [30, 3, 300], b: [10, 1, 100] });
  const { contenders, ratios } = await runBench(bench, scene);
  expect(contenders[0]!.figures).toEqual({ 'things/s': { median: 30, min: 3, max: 300 } });
  expect(ratios['things/s']![1]).toEqual({ median: 3, min: 3, max: 3 });
});

test('warm-up rounds do not count', async () => {
  const { bench } = benchOf({ a: [1_000, 7] }, { warmUps: 1, rounds: 1 });
  const { contenders } = await runBench(bench, scene);
  expect(contenders[0]!.figures['things/s']!.median).toBe(7);
});

test.each([0, NaN, Infinity, -1])('a rate of %p fails the run, and still all is cleaned up', async (rate) => {
  const { bench, done } = benchOf({ a: [rate] });
  await expect(runBench(bench, scene)).rejects.toThrow(`a: things/s can't be ${rate}`);
  expect(done).toContain('cleaned up');
});
