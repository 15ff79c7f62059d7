import { Injectable } from '@nestjs/common';
import { EmailSent, FollowUpEmailScheduled, InvoiceIssued, ShippingLabelCreated } from '@everyhop/events';
import { type Delivery, On } from '@everyhop/inbox';
import { Kysely, type Selectable } from 'kysely';
import type { ShopDatabase } from '../database.ts';

/** What another service did for an order. */
export type Step = Selectable<ShopDatabase['journey']>;

/**
 * Notes what billing, logistics and crm do for an order. Their events come in any order, and may come again: a replay
 * leaves the same journeys behind.
 */
@Injectable()
export class Journey {
  constructor(private readonly db: Kysely<ShopDatabase>) {}

  /** The steps known so far of each of `orderIds`, in the order in which they were done. */
  async stepsOf(orderIds: string[]): Promise<Map<string, Step[]>> {
    const steps = await this.db
      .selectFrom('journey')
      .selectAll()
      .where('order_id', 'in', orderIds)
      .orderBy('at')
      .execute();
    return Map.groupBy(steps, ({ order_id }) => order_id);
  }

  @On(InvoiceIssued, { id: 'shop.invoice-issued', concurrent: true, replayable: true })
  async invoiceIssued({ orderId, invoiceId }: InvoiceIssued, delivery: Delivery<ShopDatabase>) {
    await note(orderId, invoiceId, delivery);
  }

  @On(ShippingLabelCreated, { id: 'shop.label-created', concurrent: true, replayable: true })
  async labelCreated({ orderId, shipmentId }: ShippingLabelCreated, delivery: Delivery<ShopDatabase>) {
    await note(orderId, shipmentId, delivery);
  }

  @On(FollowUpEmailScheduled, { id: 'shop.email-scheduled', concurrent: true, replayable: true })
  async emailScheduled({ orderId, emailId }: FollowUpEmailScheduled, delivery: Delivery<ShopDatabase>) {
    await note(orderId, emailId, delivery);
  }

  @On(EmailSent, { id: 'shop.email-sent', concurrent: true, replayable: true })
  async emailSent({ orderId, emailId }: EmailSent, delivery: Delivery<ShopDatabase>) {
    if (orderId !== null) await note(orderId, emailId, delivery);
  }
}

async function note(
  orderId: string,
  reference: string,
  { tx, event }: Delivery<ShopDatabase>,
): Promise<void> {
  const [service, name] = event.type.split('.') as [string, string];
  await tx
    .insertInto('journey')
    .values({ order_id: orderId, event: name, service, at: event.time, reference })
    // What was done first counts, in whatever order it is told: an invoice that is issued again does not make the
    // order slower.
    .onConflict((conflict) =>
      conflict
        .columns(['order_id', 'event'])
        .doUpdateSet(({ ref }) => ({ at: ref('excluded.at'), reference: ref('excluded.reference') }))
        .whereRef('journey.at', '>', 'excluded.at'),
    )
    .execute();
}
