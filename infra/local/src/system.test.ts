import { expect, test } from '@jest/globals';
import { engineNames, everyhop } from './system.ts';

const whole = (portBase: number) => [...everyhop(portBase), ...everyhop(portBase, ['prometheus'])];

test('no two components share a port, and all ports are within a hundred from the base', () => {
  const ports = whole(5100).flatMap((component) => component.ports);
  expect(new Set(ports).size).toBe(ports.length);
  for (const port of ports) {
    expect(port).toBeGreaterThan(5100);
    expect(port).toBeLessThan(5200);
  }
});

test('a component stands below those that it needs, so that nothing waits for itself', () => {
  const seen = new Set<string>();
  for (const { name, needs } of whole(4000)) {
    for (const need of needs) expect(seen).toContain(need);
    seen.add(name);
  }
});

test('a selection brings along what it needs, and nothing else', () => {
  const names = everyhop(4000, engineNames).map(({ name }) => name);
  expect(names).toEqual(['postgres', 'kafka', 'databases', 'registry']);
});
