/** What would go wrong: two instances of a service send the same series, and the one overwrites what the other counts. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { instanceResource } from './resource.ts';

const main = resolve(import.meta.dirname, '../dist/deep/down/main.js');

test('each start has an id of its own, the version of its program and the name of its host', () => {
  const [one, other] = [instanceResource(main), instanceResource(main)].map(({ attributes }) => attributes);
  expect(one).toMatchObject({ 'service.version': '0.1.0', 'host.name': hostname() });
  expect(one!['service.instance.id']).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(other!['service.instance.id']).not.toBe(one!['service.instance.id']);
});

test('a program without a package has no version', () => {
  expect(instanceResource('/main.js').attributes).not.toHaveProperty('service.version');
});
