import { randomName, waitUntil } from '@everyhop/testing';
import pg from 'pg';
import { fillOutbox } from '../backlog.ts';
import { deleteTopic, newTopic, untilTaken } from '../kafka.ts';

const connect = process.env.CONNECT_URL;

/** Whether there is a Kafka Connect with Debezium in it. */
export const hasConnect = connect !== undefined;

/** A connector that ships the rows of an outbox. */
export interface Connector {
  /** Lets rows wait. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Removes it, and all that it has left in the database. */
  stop(): Promise<void>;
}

/** Has Debezium ship the outbox in the database at `url`; resolves when it does, so that no start is measured. */
export async function startDebezium(url: string, settings: Record<string, string>): Promise<Connector> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const name = randomName('outbox');
  const slot = name.replace('-', '_');
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  await call('PUT', `${name}/config`, {
    ...settings,
    'database.hostname': hostname,
    'database.port': port,
    'database.user': username,
    'database.password': password,
    'database.dbname': pathname.slice(1),
    'slot.name': slot,
    'publication.name': slot,
  });
  const slotIs = (active: boolean) => async () => {
    const { rows } = await pool.query('select active from pg_replication_slots where slot_name = $1', [slot]);
    return rows[0]?.active === active;
  };
  const stateIs = (wanted: string) => async () => {
    const { connector, tasks } = await call('GET', `${name}/status`);
    const failed = tasks.find(({ state }: { state: string }) => state === 'FAILED');
    if (failed) throw new Error(failed.trace);
    return connector.state === wanted && tasks.length === 1 && tasks[0].state === wanted;
  };
  await waitUntil('Debezium streams', slotIs(true), { timeoutMs: 60_000 });
  const probe = await newTopic(1);
  await fillOutbox(pool, probe, 1);
  await untilTaken(probe, 1);
  await deleteTopic(probe);
  await pool.query('truncate outbox');
  return {
    async pause() {
      await call('PUT', `${name}/pause`);
      await waitUntil('Debezium pauses', stateIs('PAUSED'));
    },
    async resume() {
      await call('PUT', `${name}/resume`);
    },
    async stop() {
      await call('DELETE', name);
      await waitUntil('Debezium has let go', slotIs(false), { timeoutMs: 60_000 });
      await pool.query('select pg_drop_replication_slot($1)', [slot]);
      await pool.query(`drop publication ${slot}`);
      await pool.end();
    },
  };
}

async function call(method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(`${connect}/connectors/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Kafka Connect answers ${response.status}: ${text}`);
  return text && JSON.parse(text);
}
