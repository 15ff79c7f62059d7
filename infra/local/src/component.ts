import type { Settings } from './settings.ts';

/** One process of the local system. */
export interface Component {
  name: string;
  /** Names of the components that must be ready before this one starts. */
  needs: string[];
  /** Every TCP port that it listens on. */
  ports: number[];
  /** Where a person or a client reaches it. */
  url?: string;
  /** Fetches and lays out what it needs, and returns how it is started. Runs before its needs are ready. */
  prepare(workshop: Workshop): Promise<Launch>;
  /** Resolves when it does its work, rejects while it does not. Without it, it is ready once it has ended with code 0. */
  health?(): Promise<unknown>;
  /** The rest does not wait for it, and does without it when it can't be had. */
  optional?: boolean;
}

/** How a process is started, in the repository's root. */
export interface Launch {
  command: string[];
  env?: Record<string, string>;
  /** The signal that ends it in order. Default: SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long it may take to end, in milliseconds, before it is killed. Default: 30,000. */
  graceMs?: number;
  /** Called when the system is stopped, and it was ready and has ended in order. */
  afterStop?(): Promise<void>;
}

/** What `prepare` works with. */
export interface Workshop extends Settings {
  /** The folder for the data of this component; it may not exist yet. */
  data: string;
  /** Aborted when the system is being stopped. */
  signal: AbortSignal;
  /** Tells the person who waits what is being done. */
  say(doing: string): void;
  /** Runs a command to its end, its output going to the component's log; rejects when it fails or the system is stopped. */
  run(command: string[], options?: { cwd?: string; env?: Record<string, string> }): Promise<void>;
}
