import { randomUUID } from 'node:crypto';
import { EmailSent, FollowUpEmailScheduled, InvoiceIssued, ShippingLabelCreated } from '@everyhop/events';
import { deliver } from '@everyhop/testing';
import type { Kysely } from 'kysely';
import type { ShopDatabase } from '../database.ts';
import { Journey } from './journey.ts';

const customer = { name: 'Ada Lovelace', email: 'ada@example.org' };
const shippingAddress = {
  name: 'Ada',
  street: 'Main St 1',
  postalCode: '10115',
  city: 'Berlin',
  country: 'DE',
};
const money = { amount: 1n, currency: 'EUR' };
const now = () => new Date();

/** What the inbox of the shop does when the other services tell of their steps, in `db`, each in its transaction. */
export function stepsIn(db: Kysely<ShopDatabase>) {
  const journey = new Journey(db);
  const emailId = randomUUID();
  return {
    InvoiceIssued: (orderId: string, invoiceId: string = randomUUID()) =>
      deliver(
        db,
        (data, delivery) => journey.invoiceIssued(data, delivery),
        InvoiceIssued({
          invoiceId,
          invoiceNumber: '1',
          orderId,
          customer,
          net: money,
          tax: money,
          total: money,
          issuedAt: now(),
        }),
      ),
    ShippingLabelCreated: (orderId: string, shipmentId: string = randomUUID()) =>
      deliver(
        db,
        (data, delivery) => journey.labelCreated(data, delivery),
        ShippingLabelCreated({
          shipmentId,
          orderId,
          trackingNumber: 'T1',
          carrier: 'Hop',
          shippingAddress,
          createdAt: now(),
        }),
      ),
    FollowUpEmailScheduled: (orderId: string) =>
      deliver(
        db,
        (data, delivery) => journey.emailScheduled(data, delivery),
        FollowUpEmailScheduled({ emailId, orderId, customer, sendAt: now(), scheduledAt: now() }),
      ),
    EmailSent: (orderId: string | null) =>
      deliver(
        db,
        (data, delivery) => journey.emailSent(data, delivery),
        EmailSent({
          emailId,
          orderId,
          kind: orderId ? 'FollowUp' : 'Welcome',
          recipient: customer,
          subject: 'Hello',
          messageReference: `<${emailId}>`,
          sentAt: now(),
        }),
      ),
  };
}
