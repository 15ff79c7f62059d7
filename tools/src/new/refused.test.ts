import { expect, test } from '@jest/globals';
import { root } from '@everyhop/local';
import { newEvent } from './event.ts';
import { newHandler } from './handler.ts';
import { newService } from './service.ts';

test.each([
  ['Rewards', '"Rewards" can\'t be the name of a service: write one word in small letters, such as billing.'],
  [
    'gift-cards',
    '"gift-cards" can\'t be the name of a service: write one word in small letters, such as billing.',
  ],
  ['billing', 'There is a billing already: take another name.'],
  ['kafka', 'There is a kafka already: take another name.'],
  [
    'orders',
    expect.stringMatching(/^Take another name than orders\. .*shop\.orders names the service orders/),
  ],
])('a service called %s is refused with a sentence', (name, message) => {
  expect(() => newService(root, { name, on: 'OrderPlaced' })).toThrow(expect.objectContaining({ message }));
});

test('an event that there is not is named, with those that there are', () => {
  expect(() => newService(root, { name: 'rewards', on: 'OrderPlacd' })).toThrow(
    /^There is no event OrderPlacd; there are: .*OrderPlaced.*\. Add one with \.\/dev new event\.$/,
  );
});

test.each([
  ['rewards', 'count', 'There is no service rewards; there are: '],
  ['billing', 'invoicing', 'There is services/billing/src/invoicing already: take another name.'],
  ['billing', 'countOrders', '"countOrders" can\'t be a name: write it in small letters, with hyphens'],
])('a handler in %s called %s is refused with a sentence', (service, name, sentence) => {
  expect(() => newHandler(root, { service, name, on: 'OrderPlaced' })).toThrow(sentence);
});

test.each([
  [
    'billing.invoice',
    ['invoiceId:uuid'],
    '"billing.invoice" can\'t be the name of an event: write owner.WhatHappened',
  ],
  ['rewards.PointsEarned', ['customerId:uuid'], 'There is no service rewards; there are: '],
  [
    'billing.InvoicePaid',
    ['amount:int'],
    'Say what InvoicePaid is about: give it fields, the first uuid being its key',
  ],
  [
    'billing.InvoicePaid',
    ['invoiceId:UUID'],
    '"invoiceId:UUID" is no field: write name:type, such as points:int',
  ],
  ['billing.InvoicePaid', ['invoiceId:uuid', 'email:string'], 'InvoicePaid.email may be personal data'],
  [
    'billing.InvoicePay',
    ['invoiceId:uuid'],
    'InvoicePay must be named for what has happened, in the past tense',
  ],
  ['billing.InvoiceIssued', ['invoiceId:uuid'], 'There is schemas/billing/invoice-issued/v1.avsc already.'],
])('the event %s with %j is refused with a sentence', (name, fields, sentence) => {
  expect(() => newEvent(root, { name, fields })).toThrow(sentence);
});
