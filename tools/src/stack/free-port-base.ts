import { randomInt } from 'node:crypto';
import type { Component } from '@everyhop/local';
import { takenPorts } from './port-owner.ts';

/** Somewhere to look from: those who look at the same time must not find the same. */
export const anyBase = (): number => randomInt(50, 250) * 100;

/** The first port base from `from` on, a multiple of 100, at which none of the components' ports is taken. */
export async function freePortBase(
  from: number,
  componentsAt: (base: number) => Component[],
): Promise<number> {
  for (let base = from; base < 60_000; base += 100) {
    if ((await takenPorts(componentsAt(base))).length === 0) return base;
  }
  throw new Error('There is no block of 100 free ports on this machine.');
}
