import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { standInStack, type Misbehaviour } from './stand-in-stack.fixture.ts';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()));

/** Runs the command in a process of its own. */
async function order(...args: string[]) {
  const main = join(import.meta.dirname, '../main.ts');
  const command = spawn(process.execPath, ['--conditions=everyhop-source', main, 'order', ...args], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [output, errors, [code]] = await Promise.all([
    text(command.stdout),
    text(command.stderr),
    once(command, 'exit'),
  ]);
  return { output, errors, code };
}

async function stack(misbehaviour?: Misbehaviour): Promise<string[]> {
  const { url, stop } = await standInStack(misbehaviour);
  cleanups.push(stop);
  return ['--shop', url, '--mail', url];
}

test('one order is printed hop by hop with its links', async () => {
  const addresses = await stack();
  const { output, errors, code } = await order(...addresses);
  expect(errors).toBe('');
  expect(code).toBe(0);
  expect(output.replaceAll(addresses[1]!, 'http://stack').replace(/in \d+ ms/, 'in 12 ms')).toBe(
    `Order 1, taken in 12 ms
  OrderPlaced             shop            0 ms
  FollowUpEmailScheduled  crm            38 ms
  InvoiceIssued           billing        41 ms
  ShippingLabelCreated    logistics      44 ms
  EmailSent               crm         2,051 ms
  order    http://stack/orders/1
  invoice  http://billing/i.pdf
  label    http://logistics/l.pdf
  email    http://stack/view/7
  trace    http://jaeger/trace/abc
`,
  );
});

test('with --json each order is one object a line', async () => {
  const { output, code } = await order('--json', '--count', '12', ...(await stack()));
  const lines = output.trimEnd().split('\n');
  expect(code).toBe(0);
  expect(lines).toHaveLength(12);
  for (const line of lines) {
    expect(Object.keys(JSON.parse(line))).toEqual(['orderId', 'traceId', 'placedMs', 'journey', 'links']);
    expect(Object.keys(JSON.parse(line).links)).toEqual(['order', 'invoice', 'label', 'email', 'trace']);
  }
});

test('several orders are printed whole, one after the other', async () => {
  const { output } = await order('--count', '3', ...(await stack()));
  expect(output.match(/^ {2}[A-Z]\w+|^Order/gm)).toEqual(
    Array(3)
      .fill([
        'Order',
        '  OrderPlaced',
        '  FollowUpEmailScheduled',
        '  InvoiceIssued',
        '  ShippingLabelCreated',
        '  EmailSent',
      ])
      .flat(),
  );
});

test('without a stack it says how to start one', async () => {
  const { errors, code } = await order('--shop', 'http://127.0.0.1:1');
  expect(errors).toBe(
    'Nobody answers at http://127.0.0.1:1/products: is the stack up? Start it with ./dev up.\n',
  );
  expect(code).toBe(1);
});

test('a refused order says why', async () => {
  const { errors, code } = await order(...(await stack({ problem: { title: 'Out of stock' } })));
  expect(errors).toMatch(/^POST \S+\/orders was answered with 422: \{"title":"Out of stock"\}\n$/);
  expect(code).toBe(1);
});

test.each([
  [['--count', '0'], "--count <n>' argument '0' is invalid. It must be a number from 1 to 999999"],
  [['--count', 'many'], "--count <n>' argument 'many' is invalid. It must be a number from 1 to 999999"],
  [
    ['--shop', 'localhost:4001'],
    "--shop <url>' argument 'localhost:4001' is invalid. It must be an address like http://127.0.0.1:4001",
  ],
  [['--colour'], "unknown option '--colour'"],
])('bad options are named: %j', async (args, sentence) => {
  const { errors, code } = await order(...args);
  expect(errors).toContain(sentence);
  expect(errors).toContain('./dev order [options]');
  expect(code).toBe(2);
});

test('hops are in the order of time, whatever order they were told in', async () => {
  const { output } = await order(...(await stack({ shuffle: true })));
  const hops = [...output.matchAll(/^ {2}([A-Z]\w+)/gm)].map(([, hop]) => hop);
  expect(hops).toEqual([
    'OrderPlaced',
    'FollowUpEmailScheduled',
    'InvoiceIssued',
    'ShippingLabelCreated',
    'EmailSent',
  ]);
});

test('several orders are summed up', async () => {
  const { output } = await order('--count', '3', ...(await stack()));
  expect(output).toMatch(
    /\n\n3 orders are complete; their last hop after 2,051 ms \(p50\), 2,051 ms \(p95\)\n$/,
  );
});
