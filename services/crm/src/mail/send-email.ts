import { EmailSent } from '@everyhop/events';
import { Outbox } from '@everyhop/outbox';
import { Job, readConfig, type JobDelivery } from '@everyhop/service';
import { Injectable, Logger } from '@nestjs/common';
import { z } from 'zod';
import type { CrmDatabase } from './database.ts';
import { beginToSend, noteNotSent, noteSent, type Email } from './emails.ts';
import { MailServer } from './mail-server.ts';
import { note } from './note.ts';

const SendingConfig = z.object({
  MAIL_MAX_UNCERTAIN: z.coerce
    .number()
    .int()
    .min(1)
    .default(3)
    .describe('after how many deliveries of unknown outcome a mail is not sent again, such as 3'),
});

/** Sends the emails that {@link OutgoingMail} wrote down. */
@Injectable()
export class SendEmail {
  readonly #maxUncertain = readConfig(SendingConfig).MAIL_MAX_UNCERTAIN;
  readonly #logger = new Logger('mail');

  constructor(
    private readonly outbox: Outbox<CrmDatabase>,
    private readonly mailServer: MailServer,
  ) {}

  /**
   * Notes that the email is on its way, hands it to the mail server while no transaction is open, and notes what came
   * of it, with EmailSent. An email that is found on its way, or was when the server fell silent, may have arrived: it
   * is sent again under the same Message-ID, but not without a limit.
   */
  @Job('send-email')
  async sendEmail({ emailId }: { emailId: string }, { cause, signal }: JobDelivery): Promise<void> {
    const email = await this.outbox.transaction((tx) => beginToSend(tx, emailId, this.#maxUncertain));
    if (!email) return;
    if (email.state === 'uncertain') return this.#leaveToOperator(email, 'It was interrupted on its way.');
    try {
      // What could not be announced is not sent either.
      await this.outbox.check(sentEvent(email, new Date()));
      await this.mailServer.send(toMail(email), signal);
    } catch (error) {
      return await this.#notSent(email, error as Error, signal);
    }
    const sentAt = new Date();
    const sent = () =>
      this.outbox.transaction(
        async (tx) => {
          if (await noteSent(tx, email, sentAt)) await tx.publish(sentEvent(email, sentAt));
        },
        { cause },
      );
    await note(sent, { logger: this.#logger, signal });
  }

  async #notSent(email: Email, error: Error, signal: AbortSignal): Promise<void> {
    const notSent = () => this.outbox.transaction((tx) => noteNotSent(tx, email, error, this.#maxUncertain));
    const state = await note(notSent, { logger: this.#logger, signal });
    if (state === 'pending') throw error;
    this.#leaveToOperator({ ...email, state }, error.message);
  }

  #leaveToOperator({ id, state, tries }: Email, reason: string): void {
    const fields = { emailId: id, state, tries, reason };
    this.#logger.error(fields, `an email is ${state} and waits for an operator: see GET /admin/emails`);
  }
}

function toMail({ id, recipient_name, recipient_email, subject, body_text, body_html }: Email) {
  const recipient = { name: recipient_name, email: recipient_email };
  return { messageId: `<${id}@everyhop.example>`, recipient, subject, text: body_text, html: body_html };
}

function sentEvent(email: Email, sentAt: Date) {
  const { id: emailId, order_id: orderId, kind } = email;
  const { recipient, subject, messageId: messageReference } = toMail(email);
  return EmailSent({ emailId, orderId, kind, recipient, subject, messageReference, sentAt });
}
