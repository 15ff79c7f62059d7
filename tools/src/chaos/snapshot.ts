import { getJson } from '../order/shop-api.ts';
import type { Stack } from '../stack/index.ts';
import type { Databases } from './databases.ts';
import type { AskedOrder } from './place-orders.ts';
import { readTopics, type TopicRecord } from './read-topics.ts';

/** Something that was made for an order: a row, an event, a mail. */
export interface Made {
  orderId: string;
  /** One of `everyOrderHas`. */
  what: string;
  /** Tells it from another of the same kind. */
  id: string;
}

/** What every order that the shop accepted must have, each once. */
export const everyOrderHas = [
  'row in orders',
  'invoice',
  'shipment',
  'row in emails',
  'mail',
  'event shop.OrderPlaced',
  'event billing.InvoiceIssued',
  'event logistics.ShippingLabelCreated',
  'event crm.FollowUpEmailScheduled',
  'event crm.EmailSent',
  'journey entry InvoiceIssued',
  'journey entry ShippingLabelCreated',
  'journey entry FollowUpEmailScheduled',
  'journey entry EmailSent',
];

/** How many events of a key a service has published. */
export interface SequenceRow {
  service: string;
  topic: string;
  key: string;
  last: number;
}

/** What a service's inbox says of a handler and an event. */
export interface InboxRow {
  service: string;
  handler: string;
  eventId: string;
  outcome: string;
  /** Why it is parked or dead. */
  reason: string | null;
}

/** All databases, topics and mails at one time. */
export interface Snapshot {
  /** Ids of the orders that the shop accepted. */
  accepted: string[];
  made: Made[];
  sequences: SequenceRow[];
  inbox: InboxRow[];
  /** In the order of each partition. */
  records: TopicRecord[];
  /** How many mails were received under a Message-ID that had come before. */
  mailsResent: number;
}

const rowsOfOrders = {
  shop: `select id as "orderId", 'row in orders' as what, id from orders
         union all select order_id, 'journey entry ' || event, reference from journey`,
  billing: `select order_id as "orderId", 'invoice' as what, id from invoices`,
  logistics: `select order_id as "orderId", 'shipment' as what, id from shipments`,
  crm: `select order_id as "orderId", 'row in emails' as what, id from emails where order_id is not null`,
};

const publishedSoFar = 'select topic, key, last::int from outbox_sequence';
const inboxRows = `select handler, event_id as "eventId", outcome, reason
                   from inbox left join inbox_parked using (handler, event_id)`;

/** A mail as the mail server tells it. */
interface Mail {
  MessageID: string;
  To: { Address: string }[];
}

/** All mails that the mail server has received. */
export async function receivedMails({ mail }: Pick<Stack['ports'], 'mail'>): Promise<Mail[]> {
  return (await getJson(`http://127.0.0.1:${mail}/api/v1/messages?limit=1000000`)).messages;
}

/**
 * Reads everything. An order that the shop did not answer counts as accepted if it is stored. `mailsBefore` are those
 * that a mail server received which is gone; of them those of other orders are left out.
 */
export async function takeSnapshot(
  { ports, engines }: Pick<Stack, 'ports' | 'engines'>,
  databases: Databases,
  asked: AskedOrder[],
  mailsBefore: Mail[] = [],
): Promise<Snapshot> {
  const stored = await databases.query('shop', 'select id, idempotency_key from orders');
  const idOfKey = new Map(stored.map(({ id, idempotency_key }) => [idempotency_key, id as string]));
  const orderOfAddress = new Map<string, string>();
  for (const { idempotencyKey, email, orderId = idOfKey.get(idempotencyKey) } of asked)
    if (orderId !== undefined) orderOfAddress.set(email, orderId);

  const rows: Made[] = [];
  for (const [service, sql] of Object.entries(rowsOfOrders))
    rows.push(...(await databases.query(service as keyof typeof rowsOfOrders, sql)));
  const records = await readTopics(engines);
  const events = records.flatMap(({ id, type, orderId }) =>
    orderId ? { orderId, what: `event ${type}`, id } : [],
  );
  const ofOrders = mailsBefore.filter(({ To: [to] }) => orderOfAddress.has(to!.Address));
  const mails = [...ofOrders, ...(await receivedMails(ports))].map(({ MessageID, To: [to] }) => ({
    orderId: orderOfAddress.get(to!.Address) ?? to!.Address,
    what: 'mail',
    id: MessageID,
  }));
  return {
    accepted: [...orderOfAddress.values()],
    made: [...rows, ...events, ...mails],
    sequences: await databases.queryAll(publishedSoFar),
    inbox: await databases.queryAll(inboxRows),
    records,
    mailsResent: mails.length - new Set(mails.map(({ id }) => id)).size,
  };
}
