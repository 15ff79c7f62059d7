// Generated from schemas/crm/follow-up-email-scheduled/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** An email that asks how the order went will be sent later. */
export interface FollowUpEmailScheduled {
  /** Identifies the email, also in EmailSent. */
  readonly emailId: string;
  /** The order it asks about. */
  readonly orderId: string;
  /** Whom it will be sent to. */
  readonly customer: FollowUpEmailScheduled.Customer;
  /** When it is due. */
  readonly sendAt: Date;
  /** When it was scheduled. */
  readonly scheduledAt: Date;
}

export declare namespace FollowUpEmailScheduled {
  /** Who ordered. */
  export interface Customer {
    /** The registered user's id; null for a guest. */
    readonly customerId?: string | null;
    /** Full name. Personal data. */
    readonly name: string;
    /** Email address. Personal data. */
    readonly email: string;
  }
}

/** An email that asks how the order went will be sent later. */
export const FollowUpEmailScheduled: EventType<FollowUpEmailScheduled> = defineEvent<FollowUpEmailScheduled>({
  topic: 'crm.emails',
  key: 'emailId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'crm',
    name: 'FollowUpEmailScheduled',
    doc: 'An email that asks how the order went will be sent later.',
    topic: 'crm.emails',
    key: 'emailId',
    fields: [
      {
        name: 'emailId',
        type: { type: 'string', logicalType: 'uuid' },
        doc: 'Identifies the email, also in EmailSent.',
      },
      { name: 'orderId', type: { type: 'string', logicalType: 'uuid' }, doc: 'The order it asks about.' },
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
        doc: 'Whom it will be sent to.',
      },
      { name: 'sendAt', type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it is due.' },
      {
        name: 'scheduledAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When it was scheduled.',
      },
    ],
  },
});
