/** What would go wrong: a line about an event is not found by the id of the trace that one looks at. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { toHeaders } from '@everyhop/events';
import { waitUntil } from '@everyhop/testing';
import { Permanent } from '../index.ts';
import { testService, write, type TestService } from '../inbox.fixture.ts';

type Line = { level: string; message: string; [field: string]: unknown };
const said: Line[] = [];
const at = (level: string) => (fields: object, message: string) =>
  void said.push({ level, message, ...fields });
const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };

let it: TestService;
beforeAll(async () => {
  it = await testService();
  await it.startWith(
    { logger },
    {
      id: 'test.log',
      retry: { inPlace: 1, attempts: 2 },
      async handle(data, delivery) {
        if (data.key === 'dead') throw new Permanent('never');
        if (data.key === 'fails') throw new Error('not now');
        await write(data, delivery);
      },
    },
  );
});
afterAll(() => it.stop());

/** Sends the event number `n` of `key` with a trace of its own. */
async function send(key: string, n = 1) {
  const event = it.Happened({ key, n });
  const trace_id = randomUUID().replaceAll('-', '');
  const { id, time } = event;
  const { type } = it.Happened;
  const of = { id, type, key, time, source: 'test', sequence: BigInt(n), correlationId: 'request' };
  const headers = { ...toHeaders(of), traceparent: `00-${trace_id}-0123456789abcdef-01` };
  await it.send({ key, value: await it.registry.encode(event), headers });
  return { event_id: id, trace_id };
}

const linesOf = ({ event_id }: { event_id: string }, level: string) =>
  said.filter((line) => line.event_id === event_id && line.level === level);

test('at debug there is one line for each event that a handler has handled', async () => {
  const events = [await send('a', 1), await send('a', 2)];
  await waitUntil('both are handled', async () => (await it.effects('a')).length === 2);
  for (const event of events)
    expect(linesOf(event, 'debug')).toEqual([
      {
        ...event,
        ...{ level: 'debug', message: 'a handler has run', handler: 'test.log', key: 'a' },
        ...{ correlation_id: 'request', topic: it.Happened.topic, partition: 0, ms: expect.any(Number) },
      },
    ]);
});

test('a gap before an event is told with the trace of the event', async () => {
  await send('gap', 1);
  const late = await send('gap', 3);
  const line = await waitUntil('the gap is told', () => linesOf(late, 'warn')[0]);
  expect(line).toMatchObject({ ...late, key: 'gap', expected: '2' });
});

test('each failure is told with the trace of the event, whoever tries it', async () => {
  const failing = await send('fails');
  const dead = await send('dead');
  await waitUntil('both are given up', () => linesOf(failing, 'error')[0] && linesOf(dead, 'error')[0]);
  const lines = [...linesOf(failing, 'warn'), ...linesOf(failing, 'error')];
  expect(lines.map(({ message }) => message)).toEqual([
    'an event is parked; its key waits, others go on',
    'an event is dead: redrive or discard it',
  ]);
  for (const line of lines) expect(line).toMatchObject(failing);
  expect(linesOf(dead, 'error')).toMatchObject([dead]);
});

test('what can’t be read is told with its trace', async () => {
  const trace_id = randomUUID().replaceAll('-', '');
  const traceparent = `00-${trace_id}-0123456789abcdef-01`;
  await it.send({ value: Buffer.from('?'), headers: { ce_type: it.Happened.type, traceparent } });
  await waitUntil('it is told', () => said.some((line) => line.trace_id === trace_id));
  expect(said.find((line) => line.trace_id === trace_id)).toMatchObject({ level: 'error' });
});
