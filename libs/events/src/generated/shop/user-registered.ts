// Generated from schemas/shop/user-registered/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** A person opened an account with the shop. */
export interface UserRegistered {
  /** Identifies the account. */
  readonly userId: string;
  /** Full name. Personal data. */
  readonly name: string;
  /** Email address, as entered. Personal data. */
  readonly email: string;
  /** When the account was opened. */
  readonly registeredAt: Date;
}

/** A person opened an account with the shop. */
export const UserRegistered: EventType<UserRegistered> = defineEvent<UserRegistered>({
  topic: 'shop.users',
  key: 'userId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'shop',
    name: 'UserRegistered',
    doc: 'A person opened an account with the shop.',
    topic: 'shop.users',
    key: 'userId',
    fields: [
      { name: 'userId', type: { type: 'string', logicalType: 'uuid' }, doc: 'Identifies the account.' },
      { name: 'name', type: 'string', doc: 'Full name.', pii: true },
      { name: 'email', type: 'string', doc: 'Email address, as entered.', pii: true },
      {
        name: 'registeredAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When the account was opened.',
      },
    ],
  },
});
