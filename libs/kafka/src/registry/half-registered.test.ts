/**
 * What would go wrong: a registration that was cut off between the schema and the compatibility of its subject leaves a
 * subject that every later registration refuses, so that nothing starts until all data is wiped.
 */
import { expect, test } from '@jest/globals';
import { defineEvent, type EventType } from '@everyhop/events';
import { engines, testEvent } from '@everyhop/testing';
import { IncompatibleSchema, RegistryUnavailable } from '../errors.ts';
import { SchemaRegistry } from './registry.ts';

const registry = () => new SchemaRegistry({ url: engines.registryUrl });

/** Asks the registry as another client would. */
async function ask(method: string, path: string, body?: object) {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' };
  const response = await fetch(engines.registryUrl + path, { method, headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}

const post = ({ type, schema }: EventType<any>) =>
  ask('POST', `/subjects/${type}/versions`, { schema: JSON.stringify(schema) });
const levelOf = async ({ type }: EventType<any>) => (await ask('GET', `/config/${type}`)).compatibilityLevel;

test('a schema whose subject never got its compatibility is registered, and its subject gets it', async () => {
  const Happened = testEvent();
  const { id } = await post(Happened);
  expect(await registry().register(Happened)).toBe(id);
  expect(await levelOf(Happened)).toBe('FULL_TRANSITIVE');
});

test.each(['NONE', 'BACKWARD', 'FULL'])('a subject with the compatibility %s gets ours', async (level) => {
  const Happened = testEvent();
  await post(Happened);
  await ask('PUT', `/config/${Happened.type}`, { compatibility: level });
  await registry().register(Happened);
  expect(await levelOf(Happened)).toBe('FULL_TRANSITIVE');
});

test('a subject that has its compatibility and no schema yet is refused nothing', async () => {
  const Happened = testEvent();
  await ask('PUT', `/config/${Happened.type}`, { compatibility: 'FULL_TRANSITIVE' });
  expect(await registry().register(Happened)).toBe(await registry().idOf(Happened));
});

test('what breaks readers of a half registered schema is refused', async () => {
  const V1 = testEvent();
  await post(V1);
  const schema = { ...V1.schema, fields: V1.schema.fields.slice(0, 1) };
  const V2 = defineEvent<{ key: string }>({ topic: V1.topic, key: 'key', version: 2, schema });
  await expect(registry().register(V2)).rejects.toThrow(IncompatibleSchema);
});

test('several that register the same schema at once all get its id', async () => {
  const Happened = testEvent();
  const ids = await Promise.all(Array.from({ length: 4 }, () => untilAnswered(Happened)));
  expect(new Set(ids).size).toBe(1);
  expect(await levelOf(Happened)).toBe('FULL_TRANSITIVE');
});

/** As set-up does it: a registry that stumbles is asked again. */
async function untilAnswered(type: EventType<any>): Promise<number> {
  for (;;) {
    try {
      return await registry().register(type);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable)) throw error;
    }
  }
}
