import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Component, readSettings } from '@everyhop/local';
import { type Change, startStack } from '../stack/index.ts';
import { sweep } from '../stack/sweep.ts';
import { Databases } from './databases.ts';
import { type Damage, findDamage } from './find-damage.ts';
import { type FaultCounts, injectFaults } from './inject-faults.ts';
import { placeOrders } from './place-orders.ts';
import { type Fault, planFaults } from './plan-faults.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';
import { chaosSystem, engines, instances, shopsAt } from './system.ts';
import { untilQuiet } from './until-quiet.ts';

/** How to run. */
export interface ChaosOptions {
  orders: number;
  /** For how long orders are placed and things are broken. */
  seconds: number;
  seed: string;
  /** Default: a block of ports that is free. */
  portBase?: number;
  /** Told what is done. */
  say?: (line: string) => void;
  signal?: AbortSignal;
  /** What is done to the system. Default: what the seed decides. */
  plan?: Fault[];
  /** Default: the system with two instances of each service. */
  components?: (portBase: number) => Component[];
  /** Called when the system is up, before the first order. */
  prepare?: (databases: Databases) => Promise<void>;
}

/** What came of it. */
export interface Verdict extends FaultCounts {
  seed: string;
  /** Those that the shop accepted. */
  orders: number;
  damages: Damage[];
  /** Events that were given up. */
  deadLettered: number;
  /** Events that are on their topic more than once, with one id. */
  eventsResent: number;
  /** Mails that came more than once, under one Message-ID. */
  mailsResent: number;
  /** From the last fault and the last order until all was quiet, in milliseconds; null when it never was. */
  recoveredMs: number | null;
  /** What still went on when the patience ended. */
  unrest: string[];
}

const patienceMs = 240_000;

/**
 * Starts a system of its own, empty, in the folder `chaos` of the state; places orders while breaking it; lets it come
 * to rest; and compares every database with every topic and with the mails. Nothing of it is left running.
 */
export async function runChaos(options: ChaosOptions): Promise<Verdict> {
  const { orders, seconds, seed, portBase = 'free', say = () => undefined, signal } = options;
  const { plan = planFaults({ seed, seconds, services: instances, engines }), prepare } = options;
  const state = join(readSettings().state, 'chaos');
  await sweep(state);
  await rm(state, { recursive: true, force: true });

  const components = new Map<string, Change>();
  const report = (change: Change) => void components.set(change.name, change);
  say('starting the system, two instances of each service');
  const system = options.components ?? chaosSystem;
  await using stack = await startStack({ state, portBase, components: system, report, signal });
  await using databases = new Databases(stack.settings.portBase);
  await prepare?.(databases);

  say(`placing ${orders} orders in ${seconds} s`);
  const shops = shopsAt(stack.settings.portBase);
  const processOf = (name: string) => components.get(name)?.process;
  const [asked, counts] = await Promise.all([
    placeOrders({ shops, orders, seconds, patienceMs, signal }),
    injectFaults(plan, { portBase: stack.settings.portBase, processOf, say, signal }),
  ]);
  const brokenUntil = performance.now();
  say('waiting for quiet');
  const unrest = await untilQuiet({ engines: stack.engines, databases, components, patienceMs, signal });
  const recoveredMs = unrest.length > 0 ? null : Math.round(performance.now() - brokenUntil);

  say('comparing databases, topics and mails');
  const snapshot = await takeSnapshot(stack, databases, asked);
  return { seed, ...counts, ...judge(snapshot), recoveredMs, unrest };
}

function judge(snapshot: Snapshot) {
  const { accepted, records, inbox, mailsResent } = snapshot;
  return {
    orders: accepted.length,
    damages: findDamage(snapshot),
    deadLettered: inbox.filter(({ outcome }) => outcome === 'dead').length,
    eventsResent: records.length - new Set(records.map(({ id }) => id)).size,
    mailsResent,
  };
}
