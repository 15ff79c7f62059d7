import { setTimeout as delay } from 'node:timers/promises';
import { engineAddresses, portsFrom } from '@everyhop/local';
import { Databases } from '../chaos/databases.ts';
import { findDamage } from '../chaos/find-damage.ts';
import { placeOrders } from '../chaos/place-orders.ts';
import { takeSnapshot } from '../chaos/snapshot.ts';
import { untilQuiet } from '../chaos/until-quiet.ts';
import type { ComposeProject } from './compose-project.ts';
import { oneCheck, type Outcome } from './outcome.ts';

const load = { orders: 100, seconds: 10 };
const killAfterMs = 4_000;
const patienceMs = 150_000;
const brokerOffsets = [92, 94, 95];

/**
 * Kills the first broker of a cluster for good while orders come in, and compares databases, topics and mails when all
 * is quiet again: two brokers must be enough for everything to be there, once, and in order.
 */
export async function loseBroker(project: ComposeProject, signal?: AbortSignal): Promise<Outcome> {
  const { portBase } = project;
  const ports = portsFrom(portBase);
  const KAFKA_BROKERS = brokerOffsets.map((offset) => `127.0.0.1:${portBase + offset}`).join();
  const engines = { ...engineAddresses(portBase), KAFKA_BROKERS };
  await using databases = new Databases(portBase);

  const kill = async () => {
    await delay(killAfterMs, undefined, { signal });
    return project.check('kill', 'kill', 'kafka');
  };
  const shops = [`http://127.0.0.1:${ports.shop}`];
  const [asked, killed] = await Promise.all([placeOrders({ shops, ...load, patienceMs, signal }), kill()]);
  if (killed.failed > 0) return killed;

  const unrest = await untilQuiet({ engines, databases, components: new Map(), patienceMs, signal });
  for (const what of unrest) console.error(`not quiet: ${what}`);
  const snapshot = await takeSnapshot({ ports, engines }, databases, asked);
  const damages = findDamage(snapshot);
  for (const { kind, of, what } of damages) console.error(`${kind}: ${of}: ${what}`);
  const isWhole = snapshot.accepted.length === load.orders && unrest.length === 0 && damages.length === 0;
  return oneCheck('compose: a broker of three dies under load, and nothing is lost', isWhole);
}
