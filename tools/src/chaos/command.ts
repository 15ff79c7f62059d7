import { randomInt } from 'node:crypto';
import { asJson, isSound, report } from './report.ts';
import { runChaos } from './run-chaos.ts';

/** What `./dev chaos` does; the defaults are those of its options. */
interface ChaosCommand {
  orders: number;
  seconds: number;
  /** Decides what is broken when: the same seed, the same decisions. Default: a new one, which is printed. */
  seed?: string;
  /** Whether the verdict is one line of JSON; what is damaged then goes to the standard error. */
  json?: boolean;
}

/** `./dev chaos`: breaks everything under load, and says whether the promises held; resolves to the exit code. */
export async function chaos({
  json,
  seed = String(randomInt(1_000_000)),
  ...load
}: ChaosCommand): Promise<number> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(name, () => interruption.abort(new Error('Interrupted; nothing is left running.')));
  const say = json ? console.error : console.log;
  say(`seed ${seed}`);
  const { signal } = interruption;
  const verdict = await runChaos({ ...load, seed, say, signal }).catch((error) => {
    throw signal.aborted ? signal.reason : error;
  });
  for (const line of report(verdict)) say(line);
  if (json) console.log(asJson(verdict));
  return isSound(verdict) ? 0 : 1;
}
