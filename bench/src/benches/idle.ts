import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { coreServices, readSettings } from '@everyhop/local';
import { engines } from '@everyhop/testing';
import pg from 'pg';
import type { Bench } from '../bench.ts';
import { bytesOf, cpuMsOf, memoryMbOf } from '../processes.ts';
import { Services } from '../services.ts';

export const bench: Bench = {
  question: 'What does a service do in a minute in which nothing happens?',
  rounds: 3,
  warmUps: 0,
  compared: [],
  async contenders({ quick, say, defer }) {
    const services = await Services.start();
    defer(() => services[Symbol.asyncDispose]());
    const seconds = quick ? 3 : 60;
    say(`${seconds} s until they have settled`);
    await delay(seconds * 1_000);
    const log = await StatementLog.open();
    defer(() => log.close());
    const look = async () =>
      Promise.all(
        coreServices.map(async (name) => {
          const pid = services.pidOf(name);
          return { queries: await log.countOf(name), cpuMs: cpuMsOf(pid), bytes: bytesOf(pid) };
        }),
      );
    // All of them in the same minute, which the first one waits for.
    let minute: { before: Awaited<ReturnType<typeof look>>; after: Awaited<ReturnType<typeof look>> };
    return coreServices.map((name, index) => ({
      name,
      async run() {
        if (index === 0) {
          const before = await look();
          await delay(seconds * 1_000);
          minute = { before, after: await look() };
        }
        const [before, after] = [minute.before[index]!, minute.after[index]!];
        const perMinute = 60 / seconds;
        return {
          'queries a minute': (after.queries - before.queries) * perMinute,
          'CPU ms a minute': (after.cpuMs - before.cpuMs) * perMinute,
          'KiB a minute': ((after.bytes - before.bytes) / 1024) * perMinute,
          'memory MiB': memoryMbOf(services.pidOf(name)),
        };
      },
    }));
  },
};

/** Has Postgres log every statement of every connection, and counts them by database. */
class StatementLog {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(): Promise<StatementLog> {
    const client = new pg.Client({ connectionString: engines.adminDatabaseUrl });
    await client.connect();
    await client.query(`alter system set log_statement = 'all'`);
    await client.query('select pg_reload_conf()');
    return new StatementLog(client);
  }

  async countOf(database: string): Promise<number> {
    const log = await readFile(join(readSettings().state, 'logs/postgres.log'), 'utf8');
    return log.match(new RegExp(`\\] ${database} LOG:  (statement|execute)`, 'g'))?.length ?? 0;
  }

  async close(): Promise<void> {
    await this.#client.query('alter system reset log_statement');
    await this.#client.query('select pg_reload_conf()');
    await this.#client.end();
  }
}
