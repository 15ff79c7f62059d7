import { setTimeout as delay } from 'node:timers/promises';
import { allEvents } from '@everyhop/events';
import type { EngineAddresses } from '@everyhop/local';
import type { Change } from '../stack/index.ts';
import type { Databases } from './databases.ts';
import { lagOf } from './lag.ts';
import { subscriptions } from './subscriptions.ts';
import { type Service, services } from './system.ts';

/** What is looked at. */
export interface QuietOptions {
  engines: EngineAddresses;
  databases: Databases;
  /** How each component is. */
  components: Map<string, Change>;
  /** When to give up. */
  patienceMs: number;
  signal?: AbortSignal;
}

/** What is going on, as words; nothing when all is quiet. And a number that changes with everything that happens. */
interface Look {
  unrest: string[];
  progress: string;
}

const waiting = `
  select (select count(*)::int from outbox) as events,
         (select count(*)::int from inbox_parked where state = 'waiting') as parked,
         (select sum(last) from outbox_sequence) as published, (select count(*) from inbox) as handled`;
const openJobs = `select count(*)::int as n from graphile_worker.jobs where attempts < max_attempts`;

/**
 * Resolves when everything runs, no outbox, parking lot, job queue or consumer group holds anything, and nothing has
 * happened between two looks: with what still went on when the patience ended, so with nothing when all is well.
 */
export async function untilQuiet(options: QuietOptions): Promise<string[]> {
  const deadline = performance.now() + options.patienceMs;
  let progressBefore: string | undefined;
  for (;;) {
    const { unrest, progress } = await look(options).catch((error: Error): Look => {
      return { unrest: [error.message], progress: '' };
    });
    if (progress !== progressBefore) unrest.push('something has happened just now');
    if (unrest.length === 0 || performance.now() > deadline) return unrest;
    progressBefore = progress;
    await delay(250, undefined, { signal: options.signal });
  }
}

async function look({ engines, databases, components }: QuietOptions): Promise<Look> {
  const down = [...components.values()].filter(({ state }) => state !== 'ready' && state !== 'done');
  if (down.length > 0) return { unrest: down.map(({ name, state }) => `${name} is ${state}`), progress: '' };

  const unrest: string[] = [];
  const note = (n: number, what: string) => n > 0 && unrest.push(`${n} ${what}`);
  const rows = await databases.queryAll(waiting);
  for (const { service, events, parked } of rows) {
    note(events, `events in the outbox of ${service}`);
    note(parked, `events parked in ${service}`);
  }
  note((await databases.query('crm', openJobs))[0].n, 'jobs of crm');
  if (unrest.length === 0) {
    const brokers = engines.KAFKA_BROKERS.split(',');
    for (const groupId of services)
      note(await lagOf(brokers, groupId, topicsOf(groupId)), `records before ${groupId}`);
    // To ask of all groups takes a while, in which what was none of the first may have come to be.
    if (progressOf(await databases.queryAll(waiting)) !== progressOf(rows)) unrest.push('something happens');
  }
  return { unrest, progress: progressOf(rows) };
}

const progressOf = (rows: { published: unknown; handled: unknown }[]): string =>
  rows.map(({ published, handled }) => `${published} ${handled}`).join();

function topicsOf(service: Service): string[] {
  const types = Object.values(subscriptions).flatMap((one) => (one.service === service ? one.type : []));
  return [...new Set(allEvents.flatMap(({ type, topic }) => (types.includes(type) ? topic : [])))];
}
