import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serve } from './serve.ts';

let origin: string;
let close: () => void;
beforeAll(async () => {
  const server = await serve(resolve(import.meta.dirname, '../../..'), 0);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => server.close();
});
afterAll(() => close());

const get = (path: string) => fetch(origin + path);

test('the page shows each event with its fields, and what follows from it', async () => {
  const response = await get('/');
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const page = await response.text();
  expect(page).toContain('<h2 id="OrderPlaced">shop.OrderPlaced <small>version 1</small></h2>');
  expect(page).toContain('<code>lines[].unitPrice.amount</code>');
  expect(page).toMatch(
    /<code>billing.issue-invoice<.code> publishes<ul><li><a class="event" href="#InvoiceIssued">InvoiceIssued<.a><ul>.*?<code>shop.invoice-issued</,
  );
});

test('the page shows what follows from what as a picture, in which each event leads to its fields', async () => {
  const page = await (await get('/')).text();
  const [picture] = /<svg [^]*<\/svg>/.exec(page)!;
  for (const [, name] of page.matchAll(/<h2 id="(\w+)">/g))
    expect(picture).toContain(`<a href="#${name}" class="event">`);
  for (const name of ['shop', 'billing.issue-invoice', 'crm.welcome'])
    expect(picture).toContain(`>${name}</text>`);
  // From left to right.
  const xOf = (name: string) =>
    Number(new RegExp(`<text x="([\\d.]+)"[^>]*>${name}</text>`).exec(picture)![1]);
  const way = ['shop', 'OrderPlaced', 'billing.issue-invoice', 'InvoiceIssued', 'shop.invoice-issued'].map(
    xOf,
  );
  expect(way).toEqual(way.toSorted((a, b) => a - b));
  expect(new Set(way).size).toBe(way.length);
});

test('the AsyncAPI document and the schemas are below it', async () => {
  expect(await (await get('/asyncapi.json')).json()).toMatchObject({ info: { title: 'Everyhop' } });
  expect(await (await get('/shop/order-placed/v1.avsc')).json()).toMatchObject({ name: 'OrderPlaced' });
});

test.each(['/nothing', '/..%2fpackage.json', '/published.sha256', '/shop'])(
  'there is no %s',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);
