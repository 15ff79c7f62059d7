/** What would go wrong: events go round in a circle for ever, or are waited for in vain, and nobody sees why. */
import { expect, test } from '@jest/globals';
import type { EventSchema } from '../schemas.ts';
import { brokenFlows } from './flow-rules.ts';
import type { FlowHandler } from './read-flows.ts';

const event = (owner: string, name: string): EventSchema => ({
  path: `schemas/${owner}/${name}/v1.avsc`,
  owner,
  folder: name,
  version: 1,
  schema: { type: 'record', name, namespace: owner, topic: `${owner}.topic`, key: 'id', fields: [] },
});
const events = [event('shop', 'OrderPlaced'), event('billing', 'InvoiceIssued')];

const publishers = new Map([
  ['OrderPlaced', ['shop']],
  ['InvoiceIssued', ['billing']],
]);
const issueInvoice: FlowHandler = {
  service: 'billing',
  id: 'billing.issue-invoice',
  on: 'OrderPlaced',
  publishes: ['InvoiceIssued'],
};
const shopOn = (on: string, ...publishes: string[]): FlowHandler => ({
  ...{ service: 'shop', id: 'shop.react', on, publishes },
});

test('events that lead on and end are as they should be', () => {
  expect(brokenFlows(events, { publishers, handlers: [issueInvoice, shopOn('InvoiceIssued')] })).toEqual([]);
});

test('an event that nobody publishes is a problem', () => {
  const flows = { publishers: new Map([['OrderPlaced', ['shop']]]), handlers: [] };
  expect(brokenFlows(events, flows)).toEqual([
    'schemas/billing/InvoiceIssued/v1.avsc: nobody publishes InvoiceIssued: publish it in services/billing, or remove it.',
  ]);
});

test('an event that another service than its owner publishes is a problem', () => {
  const both = new Map([...publishers, ['OrderPlaced', ['shop', 'billing']]]);
  expect(brokenFlows(events, { publishers: both, handlers: [] })).toEqual([
    'services/billing publishes OrderPlaced, which belongs to shop: publish an event of its own instead.',
  ]);
});

test('a handler of an event that nobody publishes is a problem', () => {
  const flows = { publishers: new Map([['OrderPlaced', ['shop']]]), handlers: [shopOn('InvoiceIssued')] };
  expect(brokenFlows(events, flows)).toContain(
    'services/shop: shop.react handles InvoiceIssued, which nobody publishes: publish it, or remove the handler.',
  );
});

test('a handler of what is no event of schemas/ is a problem', () => {
  expect(brokenFlows(events, { publishers, handlers: [shopOn('InvoicePaid')] })).toEqual([
    'services/shop: shop.react handles InvoicePaid, which is no event of schemas/: add it, or remove the handler.',
  ]);
});

test('an event that leads back to itself is a problem, told once with the whole way', () => {
  const handlers = [
    shopOn('UserRegistered', 'OrderPlaced'),
    issueInvoice,
    shopOn('InvoiceIssued', 'OrderPlaced'),
  ];
  const withUsers = [...events, event('shop', 'UserRegistered')];
  const publishing = new Map([...publishers, ['UserRegistered', ['shop']]]);
  expect(brokenFlows(withUsers, { publishers: publishing, handlers })).toEqual([
    'OrderPlaced → (billing: billing.issue-invoice) → InvoiceIssued → (shop: shop.react) → OrderPlaced is a cycle: an event must not lead back to itself; take one of these steps out.',
  ]);
});

test('a handler that publishes the event that it handles is a problem', () => {
  expect(brokenFlows(events, { publishers, handlers: [shopOn('OrderPlaced', 'OrderPlaced')] })).toEqual([
    expect.stringMatching('^OrderPlaced → .* → OrderPlaced is a cycle'),
  ]);
});

test('two ways to one event are no cycle', () => {
  const handlers = [issueInvoice, { ...issueInvoice, id: 'billing.other' }, shopOn('InvoiceIssued')];
  expect(brokenFlows(events, { publishers, handlers })).toEqual([]);
});
