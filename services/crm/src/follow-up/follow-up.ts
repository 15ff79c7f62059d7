import { FollowUpEmailScheduled, OrderPlaced } from '@everyhop/events';
import { On, type Delivery } from '@everyhop/inbox';
import { readConfig, duration } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { CrmDatabase } from '../mail/database.ts';
import { OutgoingMail } from '../mail/outgoing-mail.ts';
import { followUpLetter } from './follow-up-letter.ts';

const FollowUpConfig = z.object({
  FOLLOW_UP_DELAY: duration.describe(
    'how long after an order its follow-up email goes out, such as 3d, 12h or 2s',
  ),
});

/** Asks customers, a while after they ordered, how it went. */
@Injectable()
export class FollowUp {
  readonly #config = readConfig(FollowUpConfig);

  constructor(private readonly mail: OutgoingMail) {}

  @On(OrderPlaced, { id: 'crm.schedule-follow-up', concurrent: true })
  async scheduleFollowUp(order: OrderPlaced, { tx, event }: Delivery<CrmDatabase>) {
    const { orderId, customer } = order;
    const scheduledAt = new Date();
    const sendAt = new Date(scheduledAt.getTime() + this.#config.FOLLOW_UP_DELAY);
    const letter = followUpLetter(order);
    const emailId = await this.mail.schedule(tx, {
      event,
      kind: 'FollowUp',
      orderId,
      recipient: customer,
      letter,
      sendAt,
    });
    return FollowUpEmailScheduled({ emailId, orderId, customer, sendAt, scheduledAt });
  }
}
