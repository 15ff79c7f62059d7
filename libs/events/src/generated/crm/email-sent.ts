// Generated from schemas/crm/email-sent/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** The mail server accepted an email to a customer. */
export interface EmailSent {
  /** Identifies the email. */
  readonly emailId: string;
  /** The order it is about; null when it is about none. */
  readonly orderId: string | null;
  /** Why it was sent. */
  readonly kind: EmailSent.Kind;
  /** Who received it. */
  readonly recipient: EmailSent.Recipient;
  /** Subject line. Personal data. */
  readonly subject: string;
  /** Message-ID header, the same for every attempt to send it. */
  readonly messageReference: string;
  /** When the mail server accepted it. */
  readonly sentAt: Date;
}

export declare namespace EmailSent {
  /** Why it was sent. */
  export type Kind = 'Welcome' | 'FollowUp';

  /** Who received it. */
  export interface Recipient {
    /** Full name. Personal data. */
    readonly name: string;
    /** Email address. Personal data. */
    readonly email: string;
  }
}

/** The mail server accepted an email to a customer. */
export const EmailSent: EventType<EmailSent> = defineEvent<EmailSent>({
  topic: 'crm.emails',
  key: 'emailId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'crm',
    name: 'EmailSent',
    doc: 'The mail server accepted an email to a customer.',
    topic: 'crm.emails',
    key: 'emailId',
    fields: [
      { name: 'emailId', type: { type: 'string', logicalType: 'uuid' }, doc: 'Identifies the email.' },
      {
        name: 'orderId',
        type: ['null', { type: 'string', logicalType: 'uuid' }],
        doc: 'The order it is about; null when it is about none.',
      },
      {
        name: 'kind',
        type: { type: 'enum', name: 'Kind', doc: 'Why it was sent.', symbols: ['Welcome', 'FollowUp'] },
        doc: 'Why it was sent.',
      },
      {
        name: 'recipient',
        type: {
          type: 'record',
          name: 'Recipient',
          doc: 'Who received it.',
          fields: [
            { name: 'name', type: 'string', doc: 'Full name.', pii: true },
            { name: 'email', type: 'string', doc: 'Email address.', pii: true },
          ],
        },
        doc: 'Who received it.',
      },
      { name: 'subject', type: 'string', doc: 'Subject line.', pii: true },
      {
        name: 'messageReference',
        type: 'string',
        doc: 'Message-ID header, the same for every attempt to send it.',
      },
      {
        name: 'sentAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When the mail server accepted it.',
      },
    ],
  },
});
