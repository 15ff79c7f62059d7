import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { Controller, Injectable, Module, Post } from '@nestjs/common';
import { beforeAll, expect, test } from '@jest/globals';
import { type Delivery, On } from '@everyhop/inbox';
import { SchemaRegistry } from '@everyhop/kafka';
import { createTopics } from '@everyhop/kafka/admin';
import { Outbox } from '@everyhop/outbox';
import { engines, type Happened, testEvent, waitUntil } from '@everyhop/testing';
import { Job, Jobs } from '../jobs/index.ts';
import { startProbe } from '../probe.fixture.ts';

const SomethingHappened = testEvent();
const jobsDone: string[] = [];

@Controller()
class Publishing {
  constructor(private readonly outbox: Outbox) {}

  @Post('publish')
  publish() {
    return this.outbox.transaction((tx) => tx.publish(SomethingHappened({ key: 'a', n: 1 })));
  }
}

@Injectable()
class Handling {
  constructor(private readonly jobs: Jobs) {}

  @On(SomethingHappened)
  async handle({ key }: Happened, { tx, event }: Delivery) {
    await this.jobs.add(tx, 'remember', { key }, { cause: event });
  }

  @Job('remember')
  async remember({ key }: { key: string }) {
    jobsDone.push(key);
  }
}

@Module({ controllers: [Publishing] })
class PublishingModule {}

@Module({ providers: [Handling] })
class HandlingModule {}

beforeAll(async () => {
  await new SchemaRegistry({ url: engines.registryUrl }).register(SomethingHappened);
  const topics = [{ topic: SomethingHappened.topic, partitions: 1, replicationFactor: 1 }];
  await createTopics({ brokers: engines.brokers, topics });
});

/** Kafka behind an address where nobody listens until `open` is called. */
async function closedDoor(): Promise<{ address: string; open(): Promise<void> } & Disposable> {
  const [host, port] = engines.brokers[0]!.split(':') as [string, string];
  const server = createServer((inside) => {
    const outside = connect(Number(port), host);
    inside.pipe(outside).pipe(inside);
    for (const socket of [inside, outside]) socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return {
    address: `127.0.0.1:${own}`,
    open: async () => void (await once(server.listen(own, '127.0.0.1'), 'listening')),
    [Symbol.dispose]: () => server.close(),
  };
}

test('events published while Kafka is away reach the @On methods, and these their jobs, when it is there', async () => {
  using kafka = await closedDoor();
  await using service = await startProbe([PublishingModule, HandlingModule], kafka.address);
  const ready = async () => (await fetch(`${service.url}/health/ready`)).json();

  expect(await ready()).toEqual({ status: 'ready', consuming: false, paused: [] });
  expect((await fetch(`${service.url}/publish`, { method: 'POST' })).status).toBe(201);

  await kafka.open();
  await waitUntil('the job is done', () => jobsDone.length > 0);
  expect(jobsDone).toEqual(['a']);
  expect(await ready()).toEqual({ status: 'ready', consuming: true, paused: [] });
});
