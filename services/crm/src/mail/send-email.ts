import { EmailSent } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Job, type JobDelivery } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import type { CrmDatabase } from './database.ts';
import { MailServer } from './mail-server.ts';

/** Sends the emails that {@link OutgoingMail} wrote down. */
@Injectable()
export class SendEmail {
  constructor(
    private readonly outbox: Outbox<CrmDatabase>,
    private readonly mailServer: MailServer,
  ) {}

  /**
   * Notes that the email is sent, hands it to the mail server, and commits the note: one that is noted as sent is not
   * sent again. Only dying between the server's answer and the commit sends it twice, under the same Message-ID.
   */
  @Job('send-email')
  async sendEmail({ emailId }: { emailId: string }, { cause }: JobDelivery): Promise<void> {
    await this.outbox.transaction(
      async (tx) => {
        const sentAt = new Date();
        const email = await tx
          .updateTable('emails')
          .set({ sent_at: sentAt })
          .where('id', '=', emailId)
          .where('sent_at', 'is', null)
          .returningAll()
          .executeTakeFirst();
        if (!email) return;

        const { kind, order_id: orderId, subject, body_text: text, body_html: html } = email;
        const recipient = { name: email.recipient_name, email: email.recipient_email };
        const messageReference = `<${emailId}@everyhop.example>`;
        await tx.publish(EmailSent({ emailId, orderId, kind, recipient, subject, messageReference, sentAt }));
        // Last, after all else that may fail: a mail can't be taken back.
        await this.mailServer.send({ messageId: messageReference, recipient, subject, text, html });
      },
      { cause },
    );
  }
}
