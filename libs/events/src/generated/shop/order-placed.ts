// Generated from schemas/shop/order-placed/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** A customer placed an order; prices and tax are final. */
export interface OrderPlaced {
  /** Identifies the order. */
  readonly orderId: string;
  /** Who ordered, and how to reach them. */
  readonly customer: OrderPlaced.Customer;
  /** Where the goods go. */
  readonly shippingAddress: OrderPlaced.Address;
  /** What was ordered, in the order of the basket. */
  readonly lines: ReadonlyArray<OrderPlaced.Line>;
  /** Sum of the lines, before tax. */
  readonly net: OrderPlaced.Money;
  /** Tax on the net amount. */
  readonly tax: OrderPlaced.Money;
  /** What the customer pays: net and tax. */
  readonly total: OrderPlaced.Money;
  /** The tax rate applied: 19 is 19 %. */
  readonly taxRatePercent: number;
  /** When the order was placed. */
  readonly placedAt: Date;
}

export declare namespace OrderPlaced {
  /** Who ordered. */
  export interface Customer {
    /** The registered user's id; null for a guest. */
    readonly customerId?: string | null;
    /** Full name. Personal data. */
    readonly name: string;
    /** Email address. Personal data. */
    readonly email: string;
  }

  /** A postal address. */
  export interface Address {
    /** Whose name is on the door. Personal data. */
    readonly name: string;
    /** Street and house number. Personal data. */
    readonly street: string;
    /** Postal code, as the country writes it. Personal data. */
    readonly postalCode: string;
    /** City or town. Personal data. */
    readonly city: string;
    /** ISO 3166-1 alpha-2 code: DE. */
    readonly country: string;
  }

  /** One product of the order. */
  export interface Line {
    /** Stock keeping unit: the product's number in the catalogue. */
    readonly sku: string;
    /** The product's name when it was ordered. */
    readonly name: string;
    /** Number of pieces, at least 1. */
    readonly quantity: number;
    /** Price of one piece, before tax. */
    readonly unitPrice: OrderPlaced.Money;
    /** Quantity times unit price, before tax. */
    readonly lineTotal: OrderPlaced.Money;
  }

  /** An amount of money. */
  export interface Money {
    /** Minor units of the currency: cents. */
    readonly amount: bigint;
    /** ISO 4217 code: EUR. */
    readonly currency: string;
  }
}

/** A customer placed an order; prices and tax are final. */
export const OrderPlaced: EventType<OrderPlaced> = defineEvent<OrderPlaced>({
  topic: 'shop.orders',
  key: 'orderId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'shop',
    name: 'OrderPlaced',
    doc: 'A customer placed an order; prices and tax are final.',
    topic: 'shop.orders',
    key: 'orderId',
    fields: [
      { name: 'orderId', type: { type: 'string', logicalType: 'uuid' }, doc: 'Identifies the order.' },
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
        doc: 'Who ordered, and how to reach them.',
      },
      {
        name: 'shippingAddress',
        type: {
          type: 'record',
          name: 'Address',
          doc: 'A postal address.',
          fields: [
            { name: 'name', type: 'string', doc: 'Whose name is on the door.', pii: true },
            { name: 'street', type: 'string', doc: 'Street and house number.', pii: true },
            { name: 'postalCode', type: 'string', doc: 'Postal code, as the country writes it.', pii: true },
            { name: 'city', type: 'string', doc: 'City or town.', pii: true },
            { name: 'country', type: 'string', doc: 'ISO 3166-1 alpha-2 code: DE.' },
          ],
        },
        doc: 'Where the goods go.',
      },
      {
        name: 'lines',
        type: {
          type: 'array',
          items: {
            type: 'record',
            name: 'Line',
            doc: 'One product of the order.',
            fields: [
              {
                name: 'sku',
                type: 'string',
                doc: "Stock keeping unit: the product's number in the catalogue.",
              },
              { name: 'name', type: 'string', doc: "The product's name when it was ordered.", pii: false },
              { name: 'quantity', type: 'int', doc: 'Number of pieces, at least 1.' },
              {
                name: 'unitPrice',
                type: {
                  type: 'record',
                  name: 'Money',
                  doc: 'An amount of money.',
                  fields: [
                    { name: 'amount', type: 'long', doc: 'Minor units of the currency: cents.' },
                    { name: 'currency', type: 'string', doc: 'ISO 4217 code: EUR.' },
                  ],
                },
                doc: 'Price of one piece, before tax.',
              },
              { name: 'lineTotal', type: 'Money', doc: 'Quantity times unit price, before tax.' },
            ],
          },
        },
        doc: 'What was ordered, in the order of the basket.',
      },
      { name: 'net', type: 'Money', doc: 'Sum of the lines, before tax.' },
      { name: 'tax', type: 'Money', doc: 'Tax on the net amount.' },
      { name: 'total', type: 'Money', doc: 'What the customer pays: net and tax.' },
      { name: 'taxRatePercent', type: 'double', doc: 'The tax rate applied: 19 is 19 %.' },
      {
        name: 'placedAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When the order was placed.',
      },
    ],
  },
});
