import { setTimeout as delay } from 'node:timers/promises';
import { databaseUrl, readSettings } from '@everyhop/local';
import pg from 'pg';

/** What the shop's database says of its orders. */
export class Journeys implements AsyncDisposable {
  readonly #pool = new pg.Pool({
    connectionString: databaseUrl(readSettings().portBase, 'shop').href,
    max: 1,
  });
  #before = 0;

  /** Counts only orders from now on. */
  async begin(): Promise<void> {
    this.#before = 0;
    this.#before = await this.placed();
  }

  async placed(): Promise<number> {
    const { rows } = await this.#pool.query('select count(*)::int as n from orders');
    return rows[0].n - this.#before;
  }

  /** Orders for which all four services have done their part: invoice, label, email scheduled, email sent. */
  async completed(): Promise<number> {
    const { rows } = await this.#pool.query('select count(*)::int as n from journey');
    return Math.floor(rows[0].n / 4) - this.#before;
  }

  /** Resolves with how many were placed when all of them are completed; rejects when none more is for a minute. */
  async untilAllCompleted(): Promise<number> {
    let last = { completed: -1, at: performance.now() };
    for (;;) {
      const placed = await this.placed();
      const completed = await this.completed();
      if (completed >= placed) return placed;
      if (completed > last.completed) last = { completed, at: performance.now() };
      if (performance.now() - last.at > 60_000)
        throw new Error(`of ${placed} orders ${placed - completed} are lost on their way`);
      await delay(200);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}
