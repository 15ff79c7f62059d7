import { databaseUrl } from '@everyhop/local';
import { Client } from '@everyhop/postgres';
import pg from 'pg';
import { type Service, services } from './system.ts';

/** The databases of the services; connections that break are made again at the next query. */
export class Databases implements AsyncDisposable {
  readonly #pools: Map<Service, pg.Pool>;

  constructor(portBase: number) {
    this.#pools = new Map(
      services.map((service) => {
        const connectionString = databaseUrl(portBase, service).href;
        const pool = new pg.Pool({ connectionString, Client, max: 1, connectionTimeoutMillis: 5_000 });
        pool.on('error', () => undefined);
        return [service, pool];
      }),
    );
  }

  /** The rows of a query to one service's database. */
  async query(service: Service, sql: string, values: unknown[] = []): Promise<any[]> {
    const { rows } = await this.#pools.get(service)!.query(sql, values);
    return rows;
  }

  /** The rows of the same query to all databases. */
  async queryAll(sql: string): Promise<any[]> {
    const rows = services.map(async (service) =>
      (await this.query(service, sql)).map((row) => ({ service, ...row })),
    );
    return (await Promise.all(rows)).flat();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
  }
}
