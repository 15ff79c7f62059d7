import type { Component } from '@everyhop/local';
import { rm } from 'node:fs/promises';
import { PortsTaken } from './errors.ts';
import { freePortBase } from './free-port-base.ts';
import { takenPorts } from './port-owner.ts';
import type { StackRecord } from './record.ts';
import { startMore, type StartOptions } from './start-more.ts';
import { holdFile } from './state-folder.ts';

/** Those of `components` that should run and do not: never started, failed, or stopped on request. */
export const missingIn = ({ components: known }: StackRecord, components: Component[]): Component[] =>
  components.filter(
    ({ name, health }) => health && (!known[name] || ['failed', 'stopped'].includes(known[name].state)),
  );

/**
 * Starts what is `missing` in the stack in `state`, and waits for that and for what was being started already. Rejects
 * with a sentence when something fails, or a port that is needed is taken.
 */
export async function startMissing(
  state: string,
  record: StackRecord,
  componentsAt: (portBase: number) => Component[],
  options: Pick<StartOptions, 'report' | 'signal'>,
): Promise<void> {
  const components = componentsAt(record.portBase);
  const missing = missingIn(record, components);
  // What has failed may still hold its own.
  const taken = await takenPorts(missing.filter(({ name }) => record.components[name]?.state !== 'failed'));
  if (taken.length > 0) throw new PortsTaken(taken, await freePortBase(record.portBase + 100, componentsAt));
  for (const { name } of missing) await rm(holdFile(state, name), { force: true });
  const isWanted = ({ name, health }: Component) =>
    health && !['ready', 'restarting'].includes(record.components[name]?.state ?? '');
  const wanted = components.filter(isWanted);
  const optional = wanted.filter((one) => one.optional).map(({ name }) => name);
  await startMore(state, { ...options, names: wanted.map(({ name }) => name), optional });
}
