import { EmailSent } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Job, type JobDelivery } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import type { CrmDatabase } from './database.ts';
import { MailServer } from './mail-server.ts';

/** Sends the emails that {@link OutgoingMail} wrote down. */
@Injectable()
export class SendEmail {
  constructor(
    private readonly db: Kysely<CrmDatabase>,
    private readonly outbox: Outbox<CrmDatabase>,
    private readonly mailServer: MailServer,
  ) {}

  /**
   * Hands the email to the mail server and then notes that; one that is noted as sent is not sent again. Dying
   * between the two sends it twice, under the same Message-ID.
   */
  @Job('send-email')
  async sendEmail({ emailId }: { emailId: string }, { cause }: JobDelivery): Promise<void> {
    const email = await this.db
      .selectFrom('emails')
      .selectAll()
      .where('id', '=', emailId)
      .executeTakeFirstOrThrow();
    if (email.sent_at) return;

    const { kind, order_id: orderId, subject } = email;
    const recipient = { name: email.recipient_name, email: email.recipient_email };
    const messageId = `<${emailId}@everyhop.example>`;
    await this.mailServer.send({
      messageId,
      recipient,
      subject,
      text: email.body_text,
      html: email.body_html,
    });

    const sentAt = new Date();
    await this.outbox.transaction(
      async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('emails')
          .set({ sent_at: sentAt })
          .where('id', '=', emailId)
          .where('sent_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return;
        await tx.publish(EmailSent({ emailId, orderId, kind, recipient, subject, messageId, sentAt }));
      },
      { cause },
    );
  }
}
