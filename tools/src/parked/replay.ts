import { setTimeout as delay } from 'node:timers/promises';
import { admin } from './admin-api.ts';
import { UsageError } from '../usage-error.ts';
import { operatorOf } from './filter.ts';

interface Replay {
  id: number;
  handler: string;
  state: 'running' | 'finished' | 'cancelled';
  handled: number;
  remaining: number | null;
  failure: string | null;
}

const pollMs = 500;

/** What is to be handled again, and why; or what else is asked about replays. */
interface ReplayOptions {
  handler?: string;
  /** Whether all handlers are meant that are replayable. */
  all?: boolean;
  key?: string;
  /** `beginning`, a time or an offset. Default: beginning. */
  from?: string;
  why?: string;
  /** Whether only to tell how far replays are. */
  list?: boolean;
  json?: boolean;
  /** The id of a replay to end. */
  cancel?: string;
}

/**
 * `./dev replay`: has handlers of `service` that are replayable handle past events again, and waits for the end; Ctrl-C
 * ends only the waiting.
 */
export async function replay(service: string, options: ReplayOptions): Promise<number> {
  const { why, cancel, list, json, all, ...request } = options;
  if (!list && !cancel && !all === !request.handler)
    throw new UsageError(
      'Say which handler is meant with --handler ID, or --all for all that are replayable.',
    );
  if (list) for (const one of await replaysOf(service)) console.log(json ? JSON.stringify(one) : line(one));
  else if (cancel) await admin(service, `replay/${cancel}/cancel`, operatorOf(why));
  else await follow(service, await admin(service, 'replay', { ...request, ...operatorOf(why) }));
  return 0;
}

const replaysOf = (service: string): Promise<Replay[]> => admin(service, 'replay');

/** Says what changes until all are over. */
async function follow(service: string, replays: Replay[]): Promise<void> {
  const said = new Map<number, string>();
  for (let left = replays; left.length > 0;) {
    for (const one of left) {
      const now = one.failure ?? one.state;
      if (said.get(one.id) !== now) console.log(line(one));
      said.set(one.id, now);
    }
    left = left.filter(({ state }) => state === 'running');
    if (left.length === 0) return;
    await delay(pollMs);
    const ids = left.map(({ id }) => id);
    left = (await replaysOf(service)).filter(({ id }) => ids.includes(id));
  }
}

function line({ id, handler, state, handled, remaining, failure }: Replay): string {
  const left = state === 'running' && remaining !== null ? `, ${remaining} records left` : '';
  const stuck = state === 'running' && failure ? `; stands still at ${failure}` : '';
  return `Replay ${id} of ${handler}: ${state}, ${handled} events handled again${left}${stuck}`;
}
