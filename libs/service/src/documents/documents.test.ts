/**
 * What would go wrong: documents are rendered on the event loop, again for each request, even to say 304; many readers
 * then keep health checks and handlers waiting until the service loses its place in its consumer group, and one
 * enormous document does that alone, or ends the process.
 */
import { afterEach, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { engines, randomName, testDatabase, waitUntil } from '@everyhop/testing';
import { Controller, Get, Module, Param, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Kysely } from 'kysely';
import { startService } from '../index.ts';
import { Documents } from './documents.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Renders the input with the number of this rendering; some inputs do what a document should not. */
const script = new URL(
  `data:text/javascript,${encodeURIComponent(`
  import { parentPort } from 'node:worker_threads';
  let renderings = 0;
  parentPort.on('message', (input) => {
    if (input === 'throws') throw new Error('can not be rendered');
    if (input === 'ends') process.exit();
    if (input === 'hoards') for (const all = []; ; ) all.push(new Array(1_000_000).fill(input));
    while (input === 'endless');
    parentPort.postMessage(Buffer.from(input + ' ' + ++renderings));
  });`)}`,
);

/** A service that serves documents at `/<input>/<id>`. */
async function start() {
  const database = await testDatabase();
  cleanups.push(() => database.drop());
  await database.pool.query(
    'create table documents (id uuid primary key, etag text not null, content bytea not null)',
  );
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    ...{ KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  let documents!: Documents;
  @Controller()
  class Pages {
    constructor(db: Kysely<any>) {
      documents = new Documents(db, script);
    }

    @Get(':input/:id')
    async page(@Param('input') input: string, @Param('id') id: string, @Res() response: Response) {
      await documents.send(response, { id, filename: 'x.pdf', input: async () => input });
    }
  }
  @Module({ controllers: [Pages] })
  class PagesModule {}
  const service = await startService(randomName('pages'), { features: [PagesModule] });
  cleanups.push(
    () => service.stop(),
    () => documents.close(),
  );
  const get = (path: string, headers = {}) => fetch(`${service.url}/${path}`, { headers });
  return {
    get,
    documents,
    stored: async () => (await database.pool.query('select from documents')).rowCount,
  };
}

test('a document is rendered once, however many ask for it at the same time or later', async () => {
  const { get, stored } = await start();
  const id = randomUUID();
  const answers = await Promise.all(Array.from({ length: 50 }, () => get(`page/${id}`)));
  answers.push(await get(`page/${id}`));
  for (const answer of answers) {
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('page 1');
  }
  expect(await stored()).toBe(1);
});

test('who has a document is told so without anything being rendered', async () => {
  const { get, documents } = await start();
  const id = randomUUID();
  const etag = (await get(`page/${id}`)).headers.get('etag')!;
  await documents.close();
  const conditional = { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' };
  const answer = await get(`page/${id}`, conditional);
  expect([answer.status, answer.headers.get('etag')]).toEqual([304, etag]);
});

test('while a document takes for ever the service answers, and says when to ask again for others', async () => {
  const { get } = await start();
  const stuck = Array.from({ length: 60 }, () => get(`endless/${randomUUID()}`).catch(() => undefined));
  const { status, headers } = await waitUntil('more than can wait have asked', async () => {
    const answer = await get(`page/${randomUUID()}`);
    return answer.status === 503 && answer;
  });
  expect(status).toBe(503);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect((await get('health/live')).status).toBe(200);
  await Promise.all(
    cleanups
      .splice(1)
      .reverse()
      .map((cleanup) => cleanup()),
  );
  const answers = (await Promise.all(stuck)).filter((answer) => answer !== undefined);
  expect(answers.every((answer) => answer.status === 503 && answer.headers.has('retry-after'))).toBe(true);
});

test.each(['throws', 'hoards', 'ends'])(
  'a document that %s costs neither the process nor the next document',
  async (input) => {
    const { get, stored } = await start();
    const failed = await get(`${input}/${randomUUID()}`);
    expect([failed.status, failed.headers.has('retry-after')]).toEqual([503, true]);
    expect((await get(`page/${randomUUID()}`)).status).toBe(200);
    expect(await stored()).toBe(1);
  },
);
