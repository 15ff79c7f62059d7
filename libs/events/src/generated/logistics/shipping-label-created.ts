// Generated from schemas/logistics/shipping-label-created/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** A parcel got its label and can be handed to the carrier. */
export interface ShippingLabelCreated {
  /** Identifies the shipment. */
  readonly shipmentId: string;
  /** The order that is shipped. */
  readonly orderId: string;
  /** What the barcode says; the carrier's tracking takes it. */
  readonly trackingNumber: string;
  /** Name of the carrier. */
  readonly carrier: string;
  /** Where the parcel goes. */
  readonly shippingAddress: ShippingLabelCreated.Address;
  /** When the label was created. */
  readonly createdAt: Date;
}

export declare namespace ShippingLabelCreated {
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
}

/** A parcel got its label and can be handed to the carrier. */
export const ShippingLabelCreated: EventType<ShippingLabelCreated> = defineEvent<ShippingLabelCreated>({
  topic: 'logistics.shipments',
  key: 'orderId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'logistics',
    name: 'ShippingLabelCreated',
    doc: 'A parcel got its label and can be handed to the carrier.',
    topic: 'logistics.shipments',
    key: 'orderId',
    fields: [
      { name: 'shipmentId', type: { type: 'string', logicalType: 'uuid' }, doc: 'Identifies the shipment.' },
      { name: 'orderId', type: { type: 'string', logicalType: 'uuid' }, doc: 'The order that is shipped.' },
      {
        name: 'trackingNumber',
        type: 'string',
        doc: "What the barcode says; the carrier's tracking takes it.",
      },
      { name: 'carrier', type: 'string', doc: 'Name of the carrier.' },
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
        doc: 'Where the parcel goes.',
      },
      {
        name: 'createdAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When the label was created.',
      },
    ],
  },
});
