import { existsSync, mkdirSync, rmSync, unwatchFile, watchFile } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Component, Launch, Settings } from '@everyhop/local';
import { aborted } from './aborted.ts';
import { endProcess } from './end-process.ts';
import { type CommandOptions, start } from './run-command.ts';
import { identify, type ProcessId } from './process-table.ts';
import type { State } from './record.ts';
import { holdFile, lastLine, logFile, withLog } from './state-folder.ts';
import { untilHealthy } from './until-healthy.ts';

/** A component and where it stands. */
export interface Change {
  name: string;
  state: State;
  url?: string;
  /** What is being done, or why it failed. */
  detail?: string;
  process?: ProcessId;
  restarts: number;
}

const firstBackoffMs = 500;
const longestBackoffMs = 15_000;
const stableAfterMs = 30_000;
const logLookMs = 500;

/** Brings one component up, starts it again when it crashes, and stops it. */
export class Supervised {
  readonly component: Component;
  /** Resolves when it does its work for the first time; rejects when it can't be brought up. */
  readonly ready: Promise<void>;
  readonly #settings: Settings;
  readonly #report: (change: Change) => void;
  readonly #stopping = new AbortController();
  readonly #log: string;
  readonly #hold: string;
  #launch?: Launch;
  #process?: ProcessId;
  #afterStop?: () => Promise<void>;
  #restarts = 0;
  #last!: Change;
  #watch: Promise<void> = Promise.resolve();

  constructor(
    component: Component,
    settings: Settings,
    needs: Promise<void>[],
    report: (change: Change) => void,
  ) {
    this.component = component;
    this.#settings = settings;
    this.#report = report;
    this.#log = logFile(settings.state, component.name);
    this.#hold = holdFile(settings.state, component.name);
    mkdirSync(join(settings.state, 'logs'), { recursive: true });
    for (const leftover of [this.#log, this.#hold]) rmSync(leftover, { force: true });
    this.ready = this.#bringUp(needs);
    this.ready.catch(() => undefined);
  }

  /** Resolves when its process and all that this one started have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const { stopSignal, graceMs } = this.#launch ?? {};
    const inOrder = this.#process && (await endProcess(this.#process, stopSignal, graceMs));
    if (inOrder) await this.#afterStop?.();
    await this.ready.catch(() => undefined);
    await this.#watch;
    this.#tell('stopped');
  }

  async #bringUp(needs: Promise<void>[]): Promise<void> {
    const launch = await this.#prepare().catch((error) => this.#fail(error));
    this.#tell('waiting');
    const all = Promise.all(needs).catch(() => {
      throw new Error(
        `${this.component.name} needs ${this.component.needs.join(', ')}: not all of that is ready`,
      );
    });
    await Promise.race([all, aborted(this.#stopping.signal)]).catch((error) => this.#fail(error));
    await this.#firstStart(launch).catch((error) => this.#fail(error));
  }

  #prepare(): Promise<Launch> {
    this.#tell('preparing');
    return this.component.prepare({
      ...this.#settings,
      data: join(this.#settings.state, 'data', this.component.name),
      signal: this.#stopping.signal,
      say: (doing) => this.#tell('preparing', doing),
      run: (command, options) => this.#run(command, options),
    });
  }

  async #firstStart(launch: Launch): Promise<void> {
    this.#launch = launch;
    if (!this.component.health) {
      this.#tell('starting');
      // It may wait for something, and says so.
      const say = () => this.#tell('starting', lastLine(this.#log));
      watchFile(this.#log, { interval: logLookMs }, say);
      await this.#run(launch.command, { env: launch.env }).finally(() => unwatchFile(this.#log, say));
      return this.#tell('done');
    }
    const ended = this.#spawn(launch);
    await this.#untilHealthy(ended);
    this.#afterStop = launch.afterStop;
    this.#watch = this.#keepUp(ended);
  }

  #fail(error: Error): never {
    if (!this.#stopping.signal.aborted) this.#tell('failed', error.message);
    throw error;
  }

  /** Runs a command to its end. */
  async #run(command: string[], options: Omit<CommandOptions, 'log'> = {}): Promise<void> {
    const ended = this.#started(command, options);
    const failure = await ended;
    this.#process = undefined;
    this.#stopping.signal.throwIfAborted();
    if (failure) throw withLog(`${this.component.name}: ${basename(command[0]!)} ${failure}`, this.#log);
  }

  #spawn({ command, env }: Launch): Promise<string | undefined> {
    this.#tell(this.#restarts === 0 ? 'starting' : 'restarting');
    return this.#started(command, { env });
  }

  #started(command: string[], options: Omit<CommandOptions, 'log'>) {
    this.#stopping.signal.throwIfAborted();
    const { pid, ended } = start(command, { ...options, log: this.#log });
    this.#process = pid === undefined ? undefined : identify(pid);
    this.#report({ ...this.#last, process: this.#process });
    return ended;
  }

  async #untilHealthy(ended: Promise<string | undefined>): Promise<void> {
    await untilHealthy(this.component.health!, ended, this.#stopping.signal).catch((error: Error) => {
      throw withLog(`${this.component.name} ${error.message}`, this.#log);
    });
    this.#tell('ready');
  }

  /** Starts it again whenever it has ended, after a pause that grows while it keeps crashing. */
  async #keepUp(ended: Promise<string | undefined>): Promise<void> {
    const { signal } = this.#stopping;
    let pause = firstBackoffMs;
    let since = Date.now();
    while (!signal.aborted) {
      const failure = (await ended) ?? 'ended';
      if (signal.aborted) return;
      if (Date.now() - since > stableAfterMs) pause = firstBackoffMs;
      const held = existsSync(this.#hold);
      this.#tell(held ? 'stopped' : 'restarting', held ? 'on request' : failure);
      await delay(held ? 0 : pause, undefined, { signal }).catch(() => undefined);
      while (existsSync(this.#hold) && !signal.aborted) await delay(100);
      if (signal.aborted) return;
      pause = Math.min(pause * 2, longestBackoffMs);
      since = Date.now();
      if (!held) this.#restarts++;
      ended = this.#spawn(this.#launch!);
      await this.#untilHealthy(ended).catch(
        (error: Error) => signal.aborted || this.#tell('restarting', error.message),
      );
    }
  }

  #tell(state: State, detail?: string) {
    const { name, url } = this.component;
    this.#last = { name, state, url, detail, process: this.#process, restarts: this.#restarts };
    this.#report(this.#last);
  }
}
