import { expect, test } from '@jest/globals';
import { planFaults } from './plan-faults.ts';
import { engines, instances } from './system.ts';

const seeds = Array.from({ length: 20 }, (_, n) => `seed ${n}`);
const plan = (seed: string, seconds = 120) => planFaults({ seed, seconds, services: instances, engines });

test('a seed repeats its decisions, another one decides otherwise', () => {
  expect(plan('a')).toEqual(plan('a'));
  expect(plan('a')).not.toEqual(plan('b'));
});

test('over some seeds everything happens to everybody', () => {
  const faults = seeds.flatMap((seed) => plan(seed));
  const happened = new Set(faults.map(({ kind, target }) => `${kind} ${target}`));
  for (const target of [...instances, ...engines])
    for (const kind of ['kill', 'freeze', 'restart']) expect(happened).toContain(`${kind} ${target}`);
  for (const target of instances) expect(happened).toContain(`cut ${target}`);
});

test.each(seeds)(
  '%s begins in time, ends in time, and lets the frozen thaw before it hits them again',
  (seed) => {
    const frozenUntil = new Map<string, number>();
    const faults = plan(seed, 20);
    expect(faults.length).toBeGreaterThan(2);
    for (const { atMs, target, forMs } of faults) {
      expect(atMs).toBeGreaterThanOrEqual(1_000);
      expect(atMs).toBeLessThan(20_000);
      expect(atMs).toBeGreaterThan(frozenUntil.get(target) ?? 0);
      frozenUntil.set(target, atMs + forMs);
    }
  },
);
