// Generated from schemas/loyalty/points-earned/v1.avsc by ./dev events generate; do not edit.
import { type EventType, defineEvent } from '../../event.ts';

/** A customer got points. */
export interface PointsEarned {
  /** Whose points they are. */
  readonly customerId: string;
  /** The order that brought them; null when it was the registration. */
  readonly orderId: string | null;
  /** How many they are. */
  readonly points: number;
  /** How many there are now. */
  readonly balance: number;
  /** When that happened which brought them. */
  readonly earnedAt: Date;
}

/** A customer got points. */
export const PointsEarned: EventType<PointsEarned> = defineEvent<PointsEarned>({
  topic: 'loyalty.accounts',
  key: 'customerId',
  version: 1,
  schema: {
    type: 'record',
    namespace: 'loyalty',
    name: 'PointsEarned',
    doc: 'A customer got points.',
    topic: 'loyalty.accounts',
    key: 'customerId',
    fields: [
      { name: 'customerId', type: { type: 'string', logicalType: 'uuid' }, doc: 'Whose points they are.' },
      {
        name: 'orderId',
        type: ['null', { type: 'string', logicalType: 'uuid' }],
        doc: 'The order that brought them; null when it was the registration.',
      },
      { name: 'points', type: 'int', doc: 'How many they are.' },
      { name: 'balance', type: 'int', doc: 'How many there are now.' },
      {
        name: 'earnedAt',
        type: { type: 'long', logicalType: 'timestamp-millis' },
        doc: 'When that happened which brought them.',
      },
    ],
  },
});
