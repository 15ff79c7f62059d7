// Generated from schemas/ by ./dev events generate; do not edit.
import type { EventType } from '../event.ts';
import { InvoiceIssued } from './billing/invoice-issued.ts';
import { EmailSent } from './crm/email-sent.ts';
import { FollowUpEmailScheduled } from './crm/follow-up-email-scheduled.ts';
import { ShippingLabelCreated } from './logistics/shipping-label-created.ts';
import { PointsEarned } from './loyalty/points-earned.ts';
import { OrderPlaced } from './shop/order-placed.ts';
import { UserRegistered } from './shop/user-registered.ts';

export {
  InvoiceIssued,
  EmailSent,
  FollowUpEmailScheduled,
  ShippingLabelCreated,
  PointsEarned,
  OrderPlaced,
  UserRegistered,
};

/** Every event of schemas/, by owner and name. */
export const allEvents: readonly EventType<any>[] = [
  InvoiceIssued,
  EmailSent,
  FollowUpEmailScheduled,
  ShippingLabelCreated,
  PointsEarned,
  OrderPlaced,
  UserRegistered,
];
