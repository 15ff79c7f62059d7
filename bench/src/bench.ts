import type { CpuMeter } from './cpu-meter.ts';
import type { Sample } from './sample.ts';

/** One of those that are compared. */
export interface Contender {
  name: string;
  /** One round. Rejects when anything was lost. */
  run(): Promise<Sample>;
}

/** A question, and those whose answers are compared. */
export interface Bench {
  question: string;
  /** How often each contender runs, after rounds that don't count. Default: 5, after 1. */
  rounds?: number;
  warmUps?: number;
  /** Figures of which the first contender is set against each of the others. */
  compared: string[];
  /** Makes all ready. The first is the one that the question is about. */
  contenders(scene: Scene): Promise<Contender[]>;
}

/** What a bench works with. */
export interface Scene {
  /** Only to see that it runs: with small numbers, in one round. */
  quick: boolean;
  meter: CpuMeter;
  /** Runs `cleanUp` when the bench is over; the last one first. */
  defer(cleanUp: () => unknown): void;
  /** Tells the person who waits. */
  say(line: string): void;
}
