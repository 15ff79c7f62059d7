/** What would go wrong: a service that publishes a new event is ready, and the event stays in its outbox. */
import { execFile, execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { engineAddresses, everyhop } from '@everyhop/local';
import { describeTopics } from '@everyhop/kafka/admin';
import { copyRepository } from '../docs/copy-repository.fixture.ts';
import { anyBase, freePortBase } from '../stack/free-port-base.ts';

const copy = copyRepository();
const portBase = await freePortBase(anyBase(), everyhop);
const state = join(copy, '.everyhop');
const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = engineAddresses(portBase);
const env = {
  ...process.env,
  ...{ EVERYHOP_PORT_BASE: String(portBase), EVERYHOP_STATE: state, NODE_OPTIONS: '' },
};
afterAll(() => {
  execFileSync('./dev', ['down', '--wipe'], { cwd: copy, env });
  rmSync(copy, { recursive: true });
});

const dev = async (...args: string[]) =>
  (await promisify(execFile)('./dev', args, { cwd: copy, env })).stdout;

test('an event that is added while the system runs has its topic and its schema once its service was restarted', async () => {
  await dev('up', '-d');
  await dev('new', 'event', 'billing.ReminderSent', 'reminderId:uuid', 'points:int');
  expect(await dev('restart', 'billing')).toContain('billing is ready again');

  const subjects = await (await fetch(`${SCHEMA_REGISTRY_URL}/subjects`)).json();
  expect(subjects).toContain('billing.ReminderSent');
  const topics = await describeTopics({ brokers: KAFKA_BROKERS.split(',') });
  expect(topics.map(({ topic }) => topic)).toContain('billing.reminders');
}, 600_000);
