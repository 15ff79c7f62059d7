import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import avroParser from '@asyncapi/avro-schema-parser';
import asyncapi from '@asyncapi/parser';
import { expect, test } from '@jest/globals';

const source = resolve(import.meta.dirname, '../../../../schemas/asyncapi.json');
const parser = new asyncapi.Parser();
parser.registerSchemaParser(avroParser.AvroSchemaParser());

/** Parses the document as it is, or changed, as if it were in schemas/. */
const parse = (change = (text: string) => text) =>
  parser.parse(change(readFileSync(source, 'utf8')), { source });

test('the official parser has nothing to say against the document, and finds the schemas in it', async () => {
  const { document, diagnostics } = await parse();

  expect(diagnostics).toEqual([]);
  const order = document!.channels().get('shop.orders')!.messages().get('OrderPlaced')!;
  expect(order.name()).toBe('shop.OrderPlaced');
  expect(Object.keys(order.payload()!.properties()!)).toContain('orderId');
  const operations = document!.operations();
  expect(operations.get('shop.publish-OrderPlaced')!.isSend()).toBe(true);
  expect(operations.get('billing.issue-invoice')!.isReceive()).toBe(true);
  expect(operations.get('billing.issue-invoice')!.channels().all()[0]!.address()).toBe('shop.orders');
});

test.each([
  ['a schema that is not there', './shop/order-placed/v1.avsc', './shop/order-lost/v1.avsc'],
  ['a channel that is not there', '#/channels/shop.orders"', '#/channels/shop.lost"'],
])('the official parser finds %s', async (_, text, wrong) => {
  const { diagnostics } = await parse((document) => document.replace(text, wrong));
  expect(diagnostics.filter(({ severity }) => severity === 0).length).toBeGreaterThan(0);
});
