import {
  EmailSent,
  InvoiceIssued,
  OrderPlaced,
  ShippingLabelCreated,
  UserRegistered,
} from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { Injectable } from '@nestjs/common';
import type { AnalyticsDatabase, Step } from './database.ts';

const replayable = true;

/** Notes when each journey took each of its steps. Replayed, it leaves the same steps behind. */
@Injectable()
export class FunnelProjection {
  @On(UserRegistered, { id: 'analytics.registered', concurrent: true, replayable })
  async registered({ userId, registeredAt }: UserRegistered, { tx }: Delivery<AnalyticsDatabase>) {
    await note(tx, 'registered', userId, registeredAt);
  }

  @On(OrderPlaced, { id: 'analytics.ordered', concurrent: true, replayable })
  async ordered({ orderId, customer, placedAt }: OrderPlaced, { tx }: Delivery<AnalyticsDatabase>) {
    await note(tx, 'ordered', orderId, placedAt, customer.customerId);
  }

  @On(InvoiceIssued, { id: 'analytics.invoiced', concurrent: true, replayable })
  async invoiced({ orderId, issuedAt }: InvoiceIssued, { tx }: Delivery<AnalyticsDatabase>) {
    await note(tx, 'invoiced', orderId, issuedAt);
  }

  @On(ShippingLabelCreated, { id: 'analytics.shipped', concurrent: true, replayable })
  async shipped({ orderId, createdAt }: ShippingLabelCreated, { tx }: Delivery<AnalyticsDatabase>) {
    await note(tx, 'shipped', orderId, createdAt);
  }

  @On(EmailSent, { id: 'analytics.mailed', concurrent: true, replayable })
  async mailed({ orderId, sentAt }: EmailSent, { tx }: Delivery<AnalyticsDatabase>) {
    if (orderId !== null) await note(tx, 'mailed', orderId, sentAt);
  }
}

async function note(
  tx: Delivery<AnalyticsDatabase>['tx'],
  step: Step,
  journey: string,
  at: Date,
  customerId: string | null = null,
): Promise<void> {
  await tx
    .insertInto('step')
    .values({ journey, step, at, customer_id: customerId })
    // Should something be done twice, the first time counts, in whatever order it is told.
    .onConflict((conflict) =>
      conflict
        .columns(['journey', 'step'])
        .doUpdateSet(({ ref }) => ({ at: ref('excluded.at') }))
        .whereRef('step.at', '>', 'excluded.at'),
    )
    .execute();
}
