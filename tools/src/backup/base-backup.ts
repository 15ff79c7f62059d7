import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import pg from 'pg';

/**
 * Writes a physical copy of the whole PostgreSQL server, all databases at one moment, with the log that it needs, to
 * the tar file `file`. The server goes on meanwhile. `url` is a superuser's. It is what pg_basebackup does.
 */
export async function baseBackup(url: string, file: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, replication: 'true' } as pg.ClientConfig);
  await client.connect();
  const output = createWriteStream(file);
  try {
    // So that no log is removed that the copy will need.
    await client.query('CREATE_REPLICATION_SLOT everyhop_backup TEMPORARY PHYSICAL RESERVE_WAL');
    await receive(client, output);
    output.end();
    await finished(output);
  } finally {
    output.destroy();
    await client.end();
  }
}

async function receive(client: pg.Client, output: NodeJS.WritableStream): Promise<void> {
  const query = new pg.Query(`BASE_BACKUP (LABEL 'everyhop', CHECKPOINT 'fast', WAL true, MANIFEST 'no')`);
  // https://www.postgresql.org/docs/18/protocol-replication.html: 'n'ew archive, its 'd'ata, and more.
  let archives = 0;
  Object.assign(query, {
    handleCopyData({ chunk }: { chunk: Buffer }, { stream }: { stream: NodeJS.ReadableStream }) {
      const kind = String.fromCharCode(chunk[0]!);
      if (kind === 'n' && ++archives > 1)
        query.emit('error', new Error('Tablespaces are not backed up: move what is in them to pg_default.'));
      // The buffer is used again for what comes next.
      if (kind === 'd' && !output.write(Buffer.from(chunk.subarray(1)))) {
        stream.pause();
        if (output.listenerCount('drain') === 0) output.once('drain', () => stream.resume());
      }
    },
  });
  const failed = once(output, 'error').then(([error]) => Promise.reject(error));
  await Promise.race([once(client.query(query), 'end'), failed]);
}
