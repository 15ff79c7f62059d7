import { createHash } from 'node:crypto';

/** Something that is done to the system. */
export interface Fault {
  /** When, in milliseconds after the first order. */
  atMs: number;
  kind: 'kill' | 'freeze' | 'restart' | 'cut';
  /** The component; `cut` only ends its relays' connections to PostgreSQL, and with them their claims. */
  target: string;
  /** How long it stays frozen, in milliseconds; 0 for the other kinds. */
  forMs: number;
}

/** What a plan is made of. */
export interface PlanOptions {
  /** One seed, one plan. */
  seed: string;
  seconds: number;
  /** Processes of our own. */
  services: string[];
  /** Kafka, PostgreSQL, the registry. */
  engines: string[];
}

const kinds: Fault['kind'][] = ['kill', 'kill', 'kill', 'freeze', 'freeze', 'restart', 'restart', 'cut'];
const shareOfServices = 0.65;
const pauseMs = { shortest: 1_000, longest: 4_000 };
// The longer one is enough for a relay to lose its buckets to another while it is frozen.
const longestFreezeMs = { service: 15_000, engine: 6_000 };
const recoveryMs = 5_000;

/** Decides what is done when and to whom, one to four seconds apart; nobody is hit again while frozen or just back. */
export function planFaults({ seed, seconds, services, engines }: PlanOptions): Fault[] {
  const random = randomNumbers(seed);
  const between = (from: number, to: number) => Math.round(from + (to - from) * random.next().value!);
  const oneOf = <T>(all: T[]): T | undefined => all[Math.floor(all.length * random.next().value!)];
  const busyUntil = new Map<string, number>();
  const faults: Fault[] = [];
  const pause = () => between(pauseMs.shortest, pauseMs.longest);
  for (let atMs = pause(); atMs < seconds * 1_000; atMs += pause()) {
    const kind = oneOf(kinds)!;
    const isService = kind === 'cut' || random.next().value! < shareOfServices;
    const longest = isService ? longestFreezeMs.service : longestFreezeMs.engine;
    const forMs = kind === 'freeze' ? between(500, Math.min(longest, seconds * 500)) : 0;
    const target = oneOf(
      (isService ? services : engines).filter((name) => (busyUntil.get(name) ?? 0) <= atMs),
    );
    if (target === undefined) continue;
    busyUntil.set(target, atMs + forMs + recoveryMs);
    faults.push({ atMs, kind, target, forMs });
  }
  return faults;
}

/** Numbers from 0 up to 1 without any pattern, the same ones for the same seed. */
function* randomNumbers(seed: string): Generator<number, never> {
  for (let n = 0; ; n++) yield createHash('sha256').update(`${seed} ${n}`).digest().readUInt32BE() / 2 ** 32;
}
