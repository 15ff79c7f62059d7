import { Controller, Get, Injectable, Module, Sse } from '@nestjs/common';
import { expect, test } from '@jest/globals';
import { olderPostgres, testDatabase } from '@everyhop/testing';
import { Kysely } from 'kysely';
import { NEVER } from 'rxjs';
import { startProbe } from './probe.fixture.ts';
import { startService } from './start-service.ts';

let release: () => void;
const arrived = Promise.withResolvers<void>();

@Controller()
class Slow {
  @Get('slow')
  async slow() {
    arrived.resolve();
    await new Promise<void>((resolve) => (release = resolve));
    return { done: true };
  }

  @Sse('endless')
  endless() {
    return NEVER;
  }
}

@Module({ controllers: [Slow] })
class SlowModule {}

test('stopping answers the request in hand and accepts no other', async () => {
  await using service = await startProbe([SlowModule]);
  const inHand = fetch(`${service.url}/slow`);
  await arrived.promise;
  const stopped = service.stop();
  await expect(fetch(`${service.url}/health/live`)).rejects.toThrow();
  release();
  expect(await (await inHand).json()).toEqual({ done: true });
  await stopped;
});

test('an event stream that never ends does not keep the service from stopping', async () => {
  await using service = await startProbe([SlowModule]);
  const stream = await fetch(`${service.url}/endless`);
  await service.stop();
  await expect(stream.text()).rejects.toThrow();
});

test('what a provider holds open is closed once, while the database is still there', async () => {
  const closed: unknown[] = [];
  @Injectable()
  class Holder implements AsyncDisposable {
    constructor(private readonly db: Kysely<any>) {}

    async [Symbol.asyncDispose]() {
      closed.push(await this.db.selectNoFrom((is) => is.lit(1).as('one')).executeTakeFirst());
    }
  }
  @Module({ providers: [Holder] })
  class HolderModule {}
  await using service = await startProbe([HolderModule]);
  await service.stop();
  expect(closed).toEqual([{ one: 1 }]);
});

test('a service whose database is not there does not start, and says so', async () => {
  const { url, drop } = await testDatabase();
  await drop();
  process.env.DATABASE_URL = url;
  await expect(startService('probe', { features: [] })).rejects.toThrow(/database ".*" does not exist/);
});

test('a service whose server is too old does not start, and says so', async () => {
  const { url, drop } = await testDatabase();
  await using older = await olderPostgres(url);
  process.env.DATABASE_URL = older.url;
  await expect(startService('probe', { features: [] })).rejects.toThrow(
    /^PostgreSQL 18 or newer is needed, this is 15/,
  );
  await drop();
});

test('when the database goes away the service is no longer ready, but lives and says why', async () => {
  await using service = await startProbe([]);
  expect((await fetch(`${service.url}/health/ready`)).status).toBe(200);
  await service.dropDatabase();
  const ready = await fetch(`${service.url}/health/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ detail: 'The database does not answer.' });
  expect((await fetch(`${service.url}/health/live`)).status).toBe(200);
});
