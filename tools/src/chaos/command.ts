import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { asJson, isSound, report } from './report.ts';
import { runChaos } from './run-chaos.ts';

const USAGE = `./dev chaos [--orders N] [--seconds S] [--seed X] [--json]
  Starts a system of its own, places N orders (default 500) in S seconds (default 60) while it kills, freezes and
  restarts services, Kafka, PostgreSQL and the registry, and then compares all databases, topics and mails.
  --seed   decides what is broken when; the same seed, the same decisions (default: a new one, which is printed)
  --json   one line of JSON; what is damaged goes to the standard error
  Exits with 1 when anything was lost, doubled or reordered, or the system did not come to rest.`;

/** `./dev chaos`: breaks everything under load, and says whether the promises held; resolves to the exit code. */
export async function chaos(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(`${options}\n${USAGE}`);
    return 2;
  }
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => interruption.abort(new Error('Interrupted; nothing is left running.')));
  const { json, ...rest } = options;
  const say = json ? console.error : console.log;
  say(`seed ${rest.seed}`);
  const { signal } = interruption;
  const verdict = await runChaos({ ...rest, say, signal }).catch((error) => {
    throw signal.aborted ? signal.reason : error;
  });
  for (const line of report(verdict)) say(line);
  if (json) console.log(asJson(verdict));
  return isSound(verdict) ? 0 : 1;
}

function readOptions(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: { orders: text, seconds: text, seed: text, json: { type: 'boolean' } },
    });
    const { orders = '500', seconds = '60', seed = String(randomInt(1_000_000)), json = false } = values;
    for (const [name, value] of Object.entries({ orders, seconds }))
      if (!/^[1-9]\d{0,4}$/.test(value)) return `--${name} must be a number from 1 to 99999, but is ${value}`;
    return { orders: Number(orders), seconds: Number(seconds), seed, json };
  } catch (error) {
    return (error as Error).message;
  }
}
