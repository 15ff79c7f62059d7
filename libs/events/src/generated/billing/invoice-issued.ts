// Generated from schemas/billing/invoice-issued/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** An order was invoiced; the invoice can be fetched as a PDF. */
export interface InvoiceIssued {
  /** Identifies the invoice. */
  readonly invoiceId: string;
  /** The number printed on it; consecutive, without gaps. */
  readonly invoiceNumber: string;
  /** The invoiced order. */
  readonly orderId: string;
  /** Who is invoiced. */
  readonly customer: InvoiceIssued.Customer;
  /** Sum of the lines, before tax. */
  readonly net: InvoiceIssued.Money;
  /** Tax on the net amount. */
  readonly tax: InvoiceIssued.Money;
  /** What the customer pays: net and tax. */
  readonly total: InvoiceIssued.Money;
  /** When the invoice was issued. */
  readonly issuedAt: Date;
}

export declare namespace InvoiceIssued {
  /** Who ordered. */
  export interface Customer {
    /** The registered user's id; null for a guest. */
    readonly customerId?: string | null;
    /** Full name. Personal data. */
    readonly name: string;
    /** Email address. Personal data. */
    readonly email: string;
  }

  /** An amount of money. */
  export interface Money {
    /** Minor units of the currency: cents. */
    readonly amount: bigint;
    /** ISO 4217 code: EUR. */
    readonly currency: string;
  }
}

/** An order was invoiced; the invoice can be fetched as a PDF. */
export const InvoiceIssued: EventType<InvoiceIssued> = defineEvent<InvoiceIssued>({
  topic: 'billing.invoices',
  key: 'orderId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'billing',
    name: 'InvoiceIssued',
    doc: 'An order was invoiced; the invoice can be fetched as a PDF.',
    topic: 'billing.invoices',
    key: 'orderId',
    fields: [
      { name: 'invoiceId', type: { type: 'string', logicalType: 'uuid' }, doc: 'Identifies the invoice.' },
      { name: 'invoiceNumber', type: 'string', doc: 'The number printed on it; consecutive, without gaps.' },
      { name: 'orderId', type: { type: 'string', logicalType: 'uuid' }, doc: 'The invoiced order.' },
      {
        name: 'customer',
        type: {
          type: 'record',
          name: 'Customer',
          doc: 'Who ordered.',
          fields: [
            {
              name: 'customerId',
              type: ['null', { type: 'string', logicalType: 'uuid' }],
              doc: "The registered user's id; null for a guest.",
              default: null,
            },
            { name: 'name', type: 'string', doc: 'Full name.', pii: true },
            { name: 'email', type: 'string', doc: 'Email address.', pii: true },
          ],
        },
        doc: 'Who is invoiced.',
      },
      {
        name: 'net',
        type: {
          type: 'record',
          name: 'Money',
          doc: 'An amount of money.',
          fields: [
            { name: 'amount', type: 'long', doc: 'Minor units of the currency: cents.' },
            { name: 'currency', type: 'string', doc: 'ISO 4217 code: EUR.' },
          ],
        },
        doc: 'Sum of the lines, before tax.',
      },
      { name: 'tax', type: 'Money', doc: 'Tax on the net amount.' },
      { name: 'total', type: 'Money', doc: 'What the customer pays: net and tax.' },
      {
        name: 'issuedAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When the invoice was issued.',
      },
    ],
  },
});
