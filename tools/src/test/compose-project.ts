import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '@everyhop/local';
import { oneCheck, type Outcome } from './outcome.ts';
import { runCommand, tail, type RunOptions } from './run-command.ts';

/** How `composeStage` runs. */
export interface ComposeOptions extends Pick<RunOptions, 'signal'> {
  /** Folder for the output of all that it runs. */
  logs: string;
}

// One for each checkout, so that none takes the place of another, nor of a system that people use.
const name = `everyhop-test-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;

/** The system of docker-compose.yml under a name and on ports of its own, for tests. */
export class ComposeProject {
  readonly portBase: number;
  /** What stands before the command: files, environment, profiles. */
  flags: string[] = [];
  readonly #options: ComposeOptions;

  constructor(portBase: number, options: ComposeOptions) {
    this.portBase = portBase;
    this.#options = options;
  }

  /** Whether `docker compose …` succeeds; what it says is in the log of this name. */
  can(log: string, ...args: string[]): Promise<boolean> {
    return this.#run(log, ['compose', ...this.flags, ...args], this.#options.signal);
  }

  /** What `docker compose …` says. */
  async output(log: string, ...args: string[]): Promise<string> {
    await this.can(log, ...args);
    return readFile(this.#pathOf(log), 'utf8');
  }

  /** The same as a check; when it fails, the end of its log is printed. */
  async check(log: string, ...args: string[]): Promise<Outcome> {
    const isGood = await this.can(log, ...args);
    if (!isGood) console.error(await tail(this.#pathOf(log), 20));
    return oneCheck(`compose: ${log}`, isGood);
  }

  /** Whether an engine answers. */
  hasEngine(): Promise<boolean> {
    return this.#run('engine', ['info'], this.#options.signal);
  }

  /** Removes all of it, data too, also when the tests were interrupted. */
  async down(): Promise<void> {
    const everything = ['--profile', '*', 'down', '--volumes', '--remove-orphans'];
    await this.#run('down', ['compose', ...everything]);
  }

  #pathOf(log: string): string {
    return join(this.#options.logs, `compose-${log.replaceAll(' ', '-')}.log`);
  }

  async #run(log: string, args: string[], signal?: AbortSignal): Promise<boolean> {
    const env = {
      COMPOSE_PROJECT_NAME: name,
      EVERYHOP_IMAGE: name,
      EVERYHOP_PORTS: `${this.portBase / 100}`,
    };
    return (await runCommand(['docker', ...args], { log: this.#pathOf(log), env, signal })) === 0;
  }
}
