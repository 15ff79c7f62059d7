/** What would go wrong: what is in a backup does not fit together, since the system went on while it was made. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '@everyhop/local';
import { Databases } from '../chaos/databases.ts';
import { findDamage } from '../chaos/find-damage.ts';
import { placeOrders } from '../chaos/place-orders.ts';
import { receivedMails, takeSnapshot } from '../chaos/snapshot.ts';
import { chaosSystem } from '../chaos/system.ts';
import { untilQuiet } from '../chaos/until-quiet.ts';
import { pack } from './archive.ts';
import { type Change, startStack } from '../stack/index.ts';

let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'everyhop-backup-'));
});
afterAll(() => rm(state, { recursive: true, force: true }));

/** The usual system without traces. */
async function start() {
  const components = new Map<string, Change>();
  const stack = await startStack({
    state,
    portBase: 'free',
    components: (portBase) => chaosSystem(portBase).filter(({ name }) => !name.endsWith('-2')),
    report: (change) => void components.set(change.name, change),
  });
  return { stack, components };
}

async function dev(...args: string[]): Promise<string> {
  const env = { ...process.env, EVERYHOP_STATE: state, EVERYHOP_PORT_BASE: undefined, NODE_OPTIONS: '' };
  return (await promisify(execFile)('./dev', args, { cwd: root, env })).stdout;
}

const patienceMs = 60_000;

/** Has a system make a backup while it takes orders, and go on. */
async function live(file: string) {
  const { stack } = await start();
  await using _ = stack;
  const { ports } = stack;
  const shops = [`http://127.0.0.1:${ports.shop}`];
  const asked = await placeOrders({ shops, orders: 20, seconds: 3, patienceMs });
  let isSaved = false;
  const saving = dev('backup', file).finally(() => (isSaved = true));
  while (!isSaved) asked.push(...(await placeOrders({ shops, orders: 5, seconds: 1, patienceMs })));
  await saving;
  asked.push(...(await placeOrders({ shops, orders: 10, seconds: 1, patienceMs })));
  return { asked, mails: await receivedMails(ports) };
}

test('backed up under load, destroyed and restored, it goes on, and no order in the backup is damaged', async () => {
  const file = join(state, 'backup.tar.gz');
  const { asked, mails } = await live(file);
  await dev('down', '--wipe');
  expect(await dev('restore', file)).toContain('All is as it was');

  const { stack, components } = await start();
  await using _ = stack;
  await using databases = new Databases(stack.settings.portBase);
  const shops = [`http://127.0.0.1:${stack.ports.shop}`];
  const [next] = await placeOrders({ shops, orders: 1, seconds: 1, patienceMs });
  expect(await untilQuiet({ engines: stack.engines, databases, components, patienceMs })).toEqual([]);
  // Only what the restored shop knows counts as accepted.
  const known = asked.map(({ idempotencyKey, email }) => ({ idempotencyKey, email }));
  // A mail that crm does not know was written after that moment; for crm it is yet to be written.
  const emails = new Set((await databases.query('crm', 'select id from emails')).map(({ id }) => id));
  const sent = mails.filter(({ MessageID }) => emails.has(MessageID.split('@')[0]));
  const snapshot = await takeSnapshot(stack, databases, [...known, next!], sent);
  expect(findDamage(snapshot)).toEqual([]);
  expect(snapshot.accepted).toContain(next!.orderId);
  expect(snapshot.accepted.length).toBeGreaterThan(20);
  expect(snapshot.accepted.length).toBeLessThan(asked.length);
}, 300_000);

test('nothing is restored over data that is there, or from what is no backup', async () => {
  await expect(dev('restore', 'nowhere.tar.gz')).rejects.toThrow('There is data in');
  await dev('down', '--wipe');
  await expect(dev('restore', 'nowhere.tar.gz')).rejects.toThrow('nowhere.tar.gz can’t be unpacked');
  const file = join(state, 'else.tar.gz');
  await pack(root, file, 'README.md');
  await expect(dev('restore', file)).rejects.toThrow('This is no backup of ./dev backup');
  expect(existsSync(join(state, 'data'))).toBe(false);
});
