import { toHeaders, type EventMetadata } from '@everyhop/events';
import { Jobs } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { CrmDatabase } from './database.ts';
import type { Letter } from './letter.ts';

/** An email to be sent. */
export interface OutgoingEmail {
  /** The event that it answers. */
  event: EventMetadata;
  kind: CrmDatabase['emails']['kind'];
  orderId?: string;
  recipient: { name: string; email: string };
  letter: Letter;
  sendAt: Date;
}

/** Writes emails down, together with the job that sends them. */
@Injectable()
export class OutgoingMail {
  constructor(private readonly jobs: Jobs) {}

  /** Sees to it that the email goes out at `sendAt` if `tx` commits. Returns its id. */
  async schedule(tx: Transaction<CrmDatabase>, email: OutgoingEmail): Promise<string> {
    const { event, kind, orderId = null, recipient, letter, sendAt } = email;
    const { id } = await tx
      .insertInto('emails')
      .values({
        event_id: event.id,
        kind,
        order_id: orderId,
        recipient_name: recipient.name,
        recipient_email: recipient.email,
        subject: letter.subject,
        body_text: letter.text,
        body_html: letter.html,
        send_at: sendAt,
        sent_at: null,
        cause: JSON.stringify(toHeaders(event)),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.jobs.add(tx, 'send-email', { emailId: id }, { runAt: sendAt, key: id, cause: event });
    return id;
  }
}
