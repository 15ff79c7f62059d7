import type pg from 'pg';

const channel = 'outbox_rows';

/**
 * The relays of other instances, which own buckets that this instance writes to. They are told of new rows by a
 * notification of its own, after the commit: one inside the business transactions would make their commits take
 * turns. Many calls while one is under way become one more.
 */
export class Peers {
  readonly #client: pg.Client;
  #notifying = false;
  #again = false;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /**
   * Calls `onNews` whenever another relay tells of new rows or, with `joined`, of itself, and tells the others that
   * this one has joined.
   */
  static async listen(client: pg.Client, onNews: (news: { joined: boolean }) => void): Promise<Peers> {
    const { rows } = await client.query('select pg_backend_pid() as pid');
    client.on('notification', ({ processId, payload }) => {
      if (processId !== rows[0].pid) onNews({ joined: payload === 'joined' });
    });
    await client.query(`listen ${channel}; notify ${channel}, 'joined'`);
    return new Peers(client);
  }

  notify(): void {
    if (this.#notifying) {
      this.#again = true;
      return;
    }
    this.#notifying = true;
    // When it fails the connection is gone, and the safety poll of the others finds the rows.
    this.#client
      .query(`notify ${channel}`)
      .catch(() => {})
      .finally(() => {
        this.#notifying = false;
        if (this.#again) {
          this.#again = false;
          this.notify();
        }
      });
  }
}
