import { brokenRules } from '../events/rules.ts';
import {
  type Field,
  folders,
  newest,
  readSchemas,
  type EventSchema,
  type Schema,
} from '../events/schemas.ts';
import { camel, kebab, words } from '../names.ts';
import { exampleOf } from './example.ts';
import { assertFree, mainWith, moduleOf } from './feature.ts';
import type { Files } from './files.ts';

const money = {
  type: 'record',
  name: 'Money',
  doc: 'An amount of money, without fractions.',
  fields: [
    { name: 'amount', type: 'long', doc: 'Minor units of the currency: cents.' },
    { name: 'currency', type: 'string', doc: 'ISO 4217 code: EUR.' },
  ],
} satisfies Schema;

/** What a field can be on the command line. */
const types: Record<string, Schema> = {
  uuid: { type: 'string', logicalType: 'uuid' },
  time: { type: 'long', logicalType: 'timestamp-millis' },
  money,
  pii: 'string',
  ...Object.fromEntries(['string', 'int', 'long', 'double', 'boolean'].map((name) => [name, name])),
};

/**
 * The first version of an event, `owner.Name`, and the feature of its owner that publishes it. `fields` are given as
 * `name:type`; the first that is a uuid is the key. When it happened is added. Throws what is wrong.
 */
export function newEvent(root: string, { name, fields }: { name: string; fields: string[] }): Files {
  const [, owner = '', Name = ''] = /^([a-z][a-z0-9]*)\.([A-Z][A-Za-z0-9]*)$/.exec(name) ?? [];
  if (!Name)
    throw new Error(
      `"${name}" can't be the name of an event: write owner.WhatHappened, such as shop.OrderPlaced.`,
    );
  const folder = kebab(Name);
  assertFree(root, owner, folder);
  const event = eventOf(root, owner, Name, fields);
  const schemas = readSchemas(root);
  if (schemas.some(({ path }) => path === event.path)) throw new Error(`There is ${event.path} already.`);
  const broken = brokenRules([...schemas, event], folders(root, 'services'));
  if (broken.length > 0) throw new Error(broken.join('\n'));
  const { path, schema } = event;
  return {
    [path]: JSON.stringify(schema),
    [`services/${owner}/src/${folder}/${folder}.ts`]: publisher(Name),
    [`services/${owner}/src/${folder}/${folder}.module.ts`]: moduleOf(folder, `${Name}Publisher`),
    [`services/${owner}/src/${folder}/${folder}.test.ts`]: publisherTest(schema),
    ...mainWith(root, owner, folder),
  };
}

function eventOf(root: string, owner: string, name: string, given: string[]): EventSchema {
  const happened: Field = {
    name: `${camel(/[A-Z][a-z0-9]*$/.exec(name)![0])}At`,
    type: types.time!,
    doc: 'When it happened.',
  };
  const fields = given.map(fieldOf).map(moneyOnce);
  const key = fields.find(({ type }) => type === types.uuid)?.name;
  if (!key)
    throw new Error(
      `Say what ${name} is about: give it fields, the first uuid being its key, such as customerId:uuid points:int.`,
    );
  const sameKey = newest(readSchemas(root)).find(
    (event) => event.owner === owner && event.schema.key === key,
  );
  const topic = sameKey?.schema.topic ?? `${owner}.${kebab(key.replace(/Id$/, ''))}s`;
  const folder = kebab(name);
  return {
    path: `schemas/${owner}/${folder}/v1.avsc`,
    owner,
    folder,
    version: 1,
    schema: {
      type: 'record',
      namespace: owner,
      name,
      doc: `${words(name)}.`,
      topic,
      key,
      fields: [...fields, ...(fields.some(({ name }) => name === happened.name) ? [] : [happened])],
    },
  };
}

function fieldOf(given: string): Field {
  const [name = '', kind = ''] = given.split(':');
  const type = types[kind];
  if (!type || !/^[a-z][A-Za-z0-9]*$/.test(name))
    throw new Error(
      `"${given}" is no field: write name:type, such as points:int, with one of ${Object.keys(types).join(', ')}.`,
    );
  return { name, type, doc: `${words(name)}.`, ...(kind === 'pii' && { pii: true }) };
}

/** A named type is written down once, and then called by its name. */
const moneyOnce = (field: Field, index: number, all: Field[]): Field =>
  field.type === money && all.findIndex(({ type }) => type === money) < index
    ? { ...field, type: money.name }
    : field;

const publisher = (Name: string) => `
import { ${Name} } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Injectable } from '@nestjs/common';

/** Publishes ${Name}. */
@Injectable()
export class ${Name}Publisher {
  constructor(private readonly outbox: Outbox<any>) {}

  /** Commits the event, and what is written with it, or neither. */
  async publish(data: ${Name}): Promise<void> {
    await this.outbox.transaction(async (tx) => {
      // TODO: write through tx what has happened.
      await tx.publish(${Name}(data));
    });
  }
}
`;

function publisherTest(schema: EventSchema['schema']): string {
  const { namespace: owner, name: Name, key } = schema;
  const folder = kebab(Name);
  return `
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { startService, type RunningService } from '@everyhop/service';
import { engines, randomName, testDatabase, type TestDatabase } from '@everyhop/testing';
import { Module } from '@nestjs/common';
import { ${Name}Module } from './${folder}.module.ts';
import { ${Name}Publisher } from './${folder}.ts';

let publisher: ${Name}Publisher;

@Module({ imports: [${Name}Module] })
class Probe {
  constructor(injected: ${Name}Publisher) {
    publisher = injected;
  }
}

let database: TestDatabase<{ outbox: { type: string; aggregateid: string } }>;
let service: RunningService;
beforeAll(async () => {
  database = await testDatabase();
  Object.assign(process.env, {
    ...{ PORT: '0', LOG_LEVEL: 'silent', DATABASE_URL: database.url },
    // Nobody is there, so that what is published stays where the test can see it.
    ...{ KAFKA_BROKERS: '127.0.0.1:1', SCHEMA_REGISTRY_URL: engines.registryUrl },
  });
  service = await startService(randomName('${owner}'), { features: [Probe] });
});
afterAll(async () => {
  await service?.stop();
  await database.drop();
});

test('what has happened is published', async () => {
  const data = ${exampleOf(schema)};
  await publisher.publish(data);
  const published = await database.db.selectFrom('outbox').select(['type', 'aggregateid']).execute();
  expect(published).toEqual([{ type: '${owner}.${Name}', aggregateid: data.${key} }]);
});
`;
}
