import { once } from 'node:events';
import { connect } from 'node:net';
import pg from 'pg';

const patience = 5_000;

/** Healthy while `url` answers with a success. */
export const answersHttp = (url: string) => async () => {
  const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
};

/** Healthy while something accepts connections on `port`. */
export const acceptsConnections = (port: number) => async () => {
  const socket = connect({ port, host: '127.0.0.1', timeout: patience });
  socket.on('timeout', () => socket.destroy(new Error(`port ${port} does not answer`)));
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
};

/** Healthy while the PostgreSQL server at `url` answers queries. */
export const answersQueries = (url: string) => async () => {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  });
  try {
    await client.connect();
    await client.query('select 1');
  } finally {
    await client.end();
  }
};
