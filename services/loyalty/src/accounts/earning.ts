import { OrderPlaced, PointsEarned, UserRegistered } from '@everyhop/events';
import { On, Permanent, type Delivery } from '@everyhop/inbox';
import { Injectable } from '@nestjs/common';
import type { AccountEvent } from './account.ts';
import { change } from './account-log.ts';
import type { LoyaltyDatabase } from './database.ts';

const pointsForRegistering = 100;
const centsAPoint = 100n;

/** Gives points for registering, and for each whole euro of an order. Replayed, it leaves the same accounts behind. */
@Injectable()
export class Earning {
  @On(UserRegistered, { id: 'loyalty.open-account', replayable: true })
  async openAccount({ userId, registeredAt }: UserRegistered, delivery: Delivery<LoyaltyDatabase>) {
    const at = registeredAt.toISOString();
    return earn(userId, { kind: 'Opened', points: pointsForRegistering, at }, delivery);
  }

  @On(OrderPlaced, { id: 'loyalty.earn-points', replayable: true })
  async earnPoints({ orderId, customer, total }: OrderPlaced, delivery: Delivery<LoyaltyDatabase>) {
    if (!customer.customerId) return;
    if (total.currency !== 'EUR') throw new Permanent(`there are no points for ${total.currency}`);
    const points = Number(total.amount / centsAPoint);
    return earn(customer.customerId, { kind: 'Earned', points, orderId }, delivery);
  }
}

async function earn(
  customerId: string,
  event: AccountEvent,
  { tx, event: cause }: Delivery<LoyaltyDatabase>,
) {
  const known = await change(tx, customerId, cause.id, event);
  if (!known) return;
  return PointsEarned({
    customerId,
    orderId: event.kind === 'Earned' ? event.orderId : null,
    points: event.points,
    balance: known.account.balance,
    earnedAt: cause.time,
  });
}
