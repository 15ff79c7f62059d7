import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { generate } from './generate.ts';
import { check } from './check.ts';

const GENERATED = 'libs/events/src/generated';
const repository = resolve(import.meta.dirname, '../../..');
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'everyhop-schemas-'));
  cpSync(join(repository, 'schemas'), join(root, 'schemas'), { recursive: true });
  cpSync(join(repository, GENERATED), join(root, GENERATED), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

const read = (path: string) => readFileSync(join(root, path), 'utf8');

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

const basketFilled = (...fields: object[]) =>
  JSON.stringify({
    type: 'record',
    namespace: 'shop',
    name: 'BasketFilled',
    doc: 'A basket was filled.',
    topic: 'shop.baskets',
    key: 'basketId',
    fields: [
      {
        name: 'basketId',
        type: { type: 'string', logicalType: 'uuid' },
        doc: 'Identifies the basket.',
      },
      {
        name: 'filledAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When it was filled.',
      },
      ...fields,
    ],
  });

test('what was generated is verified, and is not written again', async () => {
  await generate(root);

  expect(await check(root)).toEqual([]);
  expect(await generate(root)).toEqual([]);
});

test('a new event gets a file, and a place in the index and in the catalogue', async () => {
  const path = `${GENERATED}/shop/basket-filled.ts`;
  write('schemas/shop/basket-filled/v1.avsc', basketFilled());

  expect(await generate(root)).toEqual([
    path,
    `${GENERATED}/index.ts`,
    'schemas/README.md',
    'schemas/asyncapi.json',
    'schemas/published.sha256',
  ]);
  expect(read(path)).toContain(
    'export const BasketFilled: EventType<BasketFilled> = defineEvent<BasketFilled>({',
  );
  expect(read(`${GENERATED}/index.ts`)).toContain("import { BasketFilled } from './shop/basket-filled.ts';");
  expect(read('schemas/README.md')).toContain('## shop.BasketFilled');
});

test('an event has the type of its newest version', async () => {
  const note = { name: 'note', type: ['null', 'string'], default: null, doc: 'What was said.', pii: true };
  write('schemas/shop/basket-filled/v9.avsc', basketFilled());
  write('schemas/shop/basket-filled/v10.avsc', basketFilled(note));
  await generate(root);

  const code = read(`${GENERATED}/shop/basket-filled.ts`);
  expect(code).toContain('version: 10,');
  expect(code).toContain('/** What was said. Personal data. */\n  readonly note?: string | null;');
});

test('lists, maps, enums and nested records have types within the name of the event', async () => {
  const item = {
    type: 'record',
    name: 'Item',
    doc: 'One.',
    fields: [{ name: 'size', type: 'shop.Size', doc: 'Its size.' }],
  };
  const size = { type: 'enum', name: 'Size', doc: 'A size.', symbols: ['Small', 'Large'] };
  const fields = [
    { name: 'size', type: size, doc: 'The size.' },
    { name: 'items', type: { type: 'array', items: item }, doc: 'What is in it.' },
    { name: 'counts', type: { type: 'map', values: 'long' }, doc: 'How many of each.' },
  ];
  write('schemas/shop/basket-filled/v1.avsc', basketFilled(...fields));
  await generate(root);

  const code = read(`${GENERATED}/shop/basket-filled.ts`);
  expect(code).toContain("export type Size = 'Small' | 'Large';");
  expect(code.match(/readonly size: BasketFilled.Size;/g)).toHaveLength(2);
  expect(code).toContain('readonly items: ReadonlyArray<BasketFilled.Item>;');
  expect(code).toContain('readonly counts: Readonly<Record<string, bigint>>;');
});

test.each([`${GENERATED}/shop/order-placed.ts`, 'schemas/README.md', 'schemas/asyncapi.json'])(
  'an edit of %s is found and undone',
  async (path) => {
    await generate(root);
    const content = read(path);
    appendFileSync(join(root, path), 'edited');

    expect(await check(root)).toEqual([
      `${path} is not what schemas and services say: run ./dev events generate and commit it.`,
    ]);
    expect(await generate(root)).toEqual([path]);
    expect(read(path)).toBe(content);
  },
);

test('a file without a schema is found and removed', async () => {
  const path = `${GENERATED}/shop/basket-filled.ts`;
  await generate(root);
  write(path, 'export {};');

  expect(await check(root)).toEqual([
    `${path} belongs to no schema: run ./dev events generate and commit it.`,
  ]);
  expect(await generate(root)).toEqual([path]);
  expect(existsSync(join(root, path))).toBe(false);
});

test('a schema that breaks the rules changes nothing', async () => {
  write('schemas/shop/basket-filled/v1.avsc', '{}');
  const before = read(`${GENERATED}/shop/order-placed.ts`);

  await expect(generate(root)).rejects.toThrow('schemas/shop/basket-filled/v1.avsc: is no valid Avro schema');
  expect(read(`${GENERATED}/shop/order-placed.ts`)).toBe(before);
});

test.each([
  ['v1.json', '{}', 'name the file v1.avsc, v2.avsc, …'],
  ['v1.avsc', '{', 'is no JSON'],
])('a file %s that holds %s is named', async (file, content, problem) => {
  write(`schemas/shop/basket-filled/${file}`, content);

  await expect(check(root)).rejects.toThrow(`schemas/shop/basket-filled/${file}: ${problem}`);
});
