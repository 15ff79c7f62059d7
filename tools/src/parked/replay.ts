import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { admin } from './admin-api.ts';
import { oneService, operatorOf } from './filter.ts';

interface Replay {
  id: number;
  handler: string;
  state: 'running' | 'finished' | 'cancelled';
  handled: number;
  remaining: number | null;
  failure: string | null;
}

const text = { type: 'string' } as const;
const pollMs = 500;

/**
 * `./dev replay SERVICE [--handler ID] [--key KEY] [--from beginning|TIME|OFFSET] [--why WHY]`: has handlers that are
 * replayable handle past events again, and waits for the end; Ctrl-C ends only the waiting. `--list` tells how far
 * replays are, `--cancel ID` ends one.
 */
export async function replay(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { handler: text, key: text, from: text, why: text, cancel: text, list: { type: 'boolean' } },
  });
  const service = oneService('replay', positionals);
  const { why, cancel, list, ...request } = values;
  if (list) for (const one of await replaysOf(service)) console.log(line(one));
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
