import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fullName, logicalTypeOf, type EventSchema } from '../events/schemas.ts';
import { camel, kebab, pascal, snake } from '../names.ts';
import { exampleOf } from './example.ts';
import { assertFree, mainWith, moduleOf } from './feature.ts';
import type { Files } from './files.ts';
import { findEvent } from './find.ts';

/** What a service gets that shall also handle the event `on`, in a feature called `name`. Throws what is wrong. */
export function newHandler(
  root: string,
  { service, name, on }: Record<'service' | 'name' | 'on', string>,
): Files {
  assertFree(root, service, name);
  const event = findEvent(root, on);
  const id = `${service}.${name}`;
  return {
    ...handlerFiles(root, { service, name, id, event }),
    ...mainWith(root, service, name),
    ...readmeWith(root, service, `| \`${fullName(event)}\` | \`${id}\` | nothing |`),
  };
}

/** The service's page with a row more in the table of what it handles, where it has one. */
function readmeWith(root: string, service: string, row: string): Files {
  const path = `services/${service}/README.md`;
  if (!existsSync(join(root, path))) return {};
  const page = readFileSync(join(root, path), 'utf8');
  return { [path]: page.replace(/^\| handles .*(\n\|.*)+/m, (table) => `${table}\n${row}`) };
}

/** A handler, `id`, with all that belongs to it, as the feature `name` of `service`. */
export function handlerFiles(
  root: string,
  { service, name, id, event: { schema } }: { service: string; name: string; id: string; event: EventSchema },
): Files {
  const [Name, Event, method, table] = [pascal(name), schema.name, camel(schema.name), snake(name)];
  const { key } = schema;
  const column = snake(key);
  const isUuid = logicalTypeOf(schema.fields.find((field) => field.name === key)!.type) === 'uuid';
  const folder = `services/${service}`;
  return {
    [`${folder}/migrations/${nextNumber(root, service)}-${name}.sql`]: `-- Each ${Event}.
create table ${table} (
  event_id uuid primary key,
  ${column} ${isUuid ? 'uuid' : 'text'} not null,
  at timestamptz not null
);
`,
    [`${folder}/src/${name}/database.ts`]: `
/** The tables of ${name}, as migrations/ creates them. */
export interface ${Name}Database {
  ${table}: { event_id: string; ${column}: string; at: Date };
}
`,
    [`${folder}/src/${name}/${name}.module.ts`]: moduleOf(name, Name),
    [`${folder}/src/${name}/${name}.ts`]: `
import { ${Event} } from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { Injectable } from '@nestjs/common';
import type { ${Name}Database } from './database.ts';

/** Notes each ${Event}. */
@Injectable()
export class ${Name} {
  @On(${Event}, { id: '${id}' })
  async ${method}({ ${key} }: ${Event}, { tx, event }: Delivery<${Name}Database>) {
    // TODO: write what ${Event} means here, and return the events that follow from it.
    await tx.insertInto('${table}').values({ event_id: event.id, ${column}: ${key}, at: event.time }).execute();
  }
}
`,
    [`${folder}/src/${name}/${name}.test.ts`]: `
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ${Event} } from '@everyhop/events';
import { handlersOf } from '@everyhop/inbox';
import { deliver, testDatabase, type TestDatabase } from '@everyhop/testing';
import type { ${Name}Database } from './database.ts';
import { ${Name} } from './${name}.ts';

let database: TestDatabase<${Name}Database>;
beforeAll(async () => {
  database = await testDatabase({ migrations: [new URL('../../migrations/', import.meta.url)] });
});
afterAll(() => database.drop());

const [handler] = handlersOf(new ${Name}());

test('the handler has a name that outlives a rename', () => {
  expect(handler).toMatchObject({ id: '${id}', event: ${Event} });
});

test('each ${kebab(Event).replaceAll('-', ' ')} is noted', async () => {
  const event = ${Event}(${exampleOf(schema)});
  expect(await deliver(database.db, handler!.handle, event)).toEqual([]);
  const noted = await database.db.selectFrom('${table}').selectAll().execute();
  expect(noted).toEqual([{ event_id: event.id, ${column}: event.key, at: event.time }]);
});
`,
  };
}

function nextNumber(root: string, service: string): string {
  const folder = join(root, 'services', service, 'migrations');
  const numbers = existsSync(folder) ? readdirSync(folder).map((file) => parseInt(file)) : [];
  return String(Math.max(0, ...numbers) + 1).padStart(4, '0');
}
