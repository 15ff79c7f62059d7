import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { toHeaders, UserRegistered } from '@everyhop/events';
import { SchemaRegistry } from '@everyhop/kafka';
import {
  commitOffsets,
  committedOffsets,
  createTopics,
  deleteGroup,
  withWriter,
} from '@everyhop/kafka/admin';
import { engines, randomName, waitUntil } from '@everyhop/testing';
import { readPositions, total } from './positions.ts';

const kafka = { brokers: engines.brokers };
const registry = new SchemaRegistry({ url: engines.registryUrl });
const [topic, groupId] = [randomName('topic'), randomName('group')];

const portBase = Number(engines.brokers[0]!.split(':')[1]) - 92;

function start(...args: string[]) {
  const main = join(import.meta.dirname, '../main.ts');
  const env = {
    ...process.env,
    ...{ NODE_OPTIONS: '', EVERYHOP_STATE: '/nowhere', EVERYHOP_PORT_BASE: String(portBase) },
  };
  const options = ['--conditions=everyhop-source', '--disable-warning=TimeoutNegativeWarning'];
  return spawn(process.execPath, [...options, main, 'topic', ...args], { env });
}

async function dev(...args: string[]) {
  const child = start(...args);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { output: stripVTControlCharacters(output), errors, code };
}

async function write(partition: number, ...records: { key: string; value: Buffer; headers?: object }[]) {
  await withWriter(kafka, (write) =>
    write(
      records.map(({ key, value, headers = {} }, n) => ({
        ...{ topic, partition, key: Buffer.from(key), value },
        headers: Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, Buffer.from(one)])),
        timestamp: String(1_700_000_000_000 + partition * 1_000 + n),
      })),
    ),
  );
}

async function registered(userId: string, name: string) {
  const data = { userId, name, email: 'ada@example.org', registeredAt: new Date(0) };
  const event = UserRegistered(data as UserRegistered);
  const of = { ...event, type: UserRegistered.type, source: 'test', sequence: 1n, correlationId: event.id };
  return { key: event.key, value: await registry.encode(event), headers: toHeaders(of) };
}

const ada = '019ab3f0-1c00-7000-8000-000000000001';
beforeAll(async () => {
  await registry.register(UserRegistered);
  // The times of its records are long ago.
  const config = { 'retention.ms': '-1' };
  await createTopics({ ...kafka, topics: [{ topic, partitions: 2, replicationFactor: 1, config }] });
  await write(0, await registered(ada, 'Ada'), { key: 'x', value: Buffer.from('no event') });
  await write(1, await registered('019ab3f0-1c00-7000-8000-000000000002', 'Grace'));
  const places = [1n, 99n].map((offset, partition) => ({ topic, partition, offset }));
  await commitOffsets(kafka, [{ groupId, places }]);
});
afterAll(() => deleteGroup({ ...kafka, groupId }));

test('the last records are decoded, in the order of time, below offsets and lag', async () => {
  const { output, code } = await dev(topic);
  expect(code).toBe(0);
  const lines = output.trimEnd().split('\n');
  expect(lines.slice(0, 4).map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['PARTITION', 'FIRST', 'NEXT', `LAG OF ${groupId}`],
    ['0', '0', '2', '1'],
    ['1', '0', '1', '1'],
    [''],
  ]);
  expect(lines[4]).toMatch(
    new RegExp(`^0/0 +2023-11-14T22:13:20.000Z ${ada} shop.UserRegistered \\{.*"name":"Ada"`),
  );
  expect(lines[5]).toMatch(/^0\/1 +\S+ x no event "no event" \(The header ce_specversion is missing/);
  expect(lines[6]).toMatch(/^1\/0 .*"name":"Grace"/);
});

test('only the last ones are shown, or those of a key, as JSON if wanted', async () => {
  const records = async (...args: string[]) =>
    (await dev(topic, '--json', ...args)).output
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  expect(await records('-n', '1')).toMatchObject([{ partition: 1, offset: '0' }]);
  expect(await records('--key', ada)).toEqual([
    {
      ...{ topic, partition: 0, offset: '0', time: '2023-11-14T22:13:20.000Z', key: ada },
      ...{ type: 'shop.UserRegistered', data: expect.objectContaining({ userId: ada, name: 'Ada' }) },
    },
  ]);
});

test('a topic that is not there is named, and without a name all are listed', async () => {
  expect(await dev('nowhere')).toMatchObject({
    code: 2,
    errors: 'There is no topic "nowhere". ./dev topic lists those there are.\n',
  });
  const { output } = await dev('--json');
  const lines = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toContainEqual({ topic, partitions: 2, records: 3, lag: { [groupId]: 2 } });
});

test('what is written while it follows is shown, and no group is left behind', async () => {
  // Those of this topic: other tests have theirs meanwhile.
  const groups = async () => {
    const all = await committedOffsets(kafka);
    return all
      .filter(({ places }) => places.some((place) => place.topic === topic))
      .map(({ groupId }) => groupId);
  };
  expect(await groups()).toEqual([groupId]);
  const child = start(topic, '-f', '--json');
  let output = '';
  child.stdout.on('data', (some) => (output += some));
  await waitUntil('it shows what is there', () => output.includes('Grace'), { timeoutMs: 30_000 });
  await write(1, await registered('019ab3f0-1c00-7000-8000-000000000003', 'Barbara'));
  await waitUntil('it shows what is new', () => output.includes('Barbara'), { timeoutMs: 30_000 });
  child.kill();
  await once(child, 'exit');
  expect(output.match(/Ada|Grace|Barbara/g)).toEqual(['Ada', 'Grace', 'Barbara']);
  expect(await groups()).toEqual([groupId]);
});

test('a group whose offset is of no record there is lags by all there are', async () => {
  const own = (await readPositions(kafka)).filter((one) => one.topic === topic);
  expect(own.map(({ first, end, lag }) => ({ first, end, lag }))).toEqual([
    { first: 0n, end: 2n, lag: { [groupId]: 1n } },
    { first: 0n, end: own[1]!.end, lag: { [groupId]: own[1]!.end } },
  ]);
  expect(total(own)).toEqual({ records: own[1]!.end + 2n, lag: { [groupId]: own[1]!.end + 1n } });
});
