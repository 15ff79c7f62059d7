import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { coreServices, everyhop, readSettings, root } from '@everyhop/local';
import { waitUntil } from '@everyhop/testing';

/** The four services, which belong to the bench and not to the stack: it starts them as it needs them. */
export class Services implements AsyncDisposable {
  readonly #env: Record<string, string>;
  readonly #children = new Map<string, ChildProcess>();

  private constructor(env: Record<string, string>) {
    this.#env = env;
  }

  /** Starts all of them with `env` besides what they have in docker-compose.yml; resolves when they serve. */
  static async start(env: Record<string, string> = {}): Promise<Services> {
    const services = new Services({ LOG_LEVEL: 'warn', FOLLOW_UP_DELAY: '1ms', ...env });
    await Promise.all(coreServices.map((name) => services.start(name)));
    return services;
  }

  /** Starts one that was stopped. */
  async start(name: string): Promise<void> {
    const { portBase, state } = readSettings();
    const component = everyhop(portBase, [name]).find((one) => one.name === name)!;
    // It neither fetches nor lays out anything.
    const { command, env } = await component.prepare(undefined!);
    const [program, ...args] = command;
    mkdirSync(join(state, 'logs'), { recursive: true });
    const log = openSync(join(state, 'logs', `${name}.log`), 'a');
    const child = spawn(program!, args, {
      cwd: root,
      env: { ...process.env, ...env, ...this.#env },
      stdio: ['ignore', log, log],
    });
    this.#children.set(name, child);
    await waitUntil(`${name} serves`, () => component.health!().then(() => true), { timeoutMs: 120_000 });
  }

  /** Stops one as its supervisor would. */
  async stop(name: string): Promise<void> {
    const child = this.#children.get(name);
    if (!child) return;
    this.#children.delete(name);
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  }

  pidOf(name: string): number {
    return this.#children.get(name)!.pid!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(coreServices.map((name) => this.stop(name)));
  }
}
