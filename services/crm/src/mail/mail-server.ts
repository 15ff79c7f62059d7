import { readConfig } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { z } from 'zod';

const MailConfig = z.object({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .describe('the mail server, smtp://host:port or smtps://user:password@host'),
  MAIL_FROM: z
    .string()
    .includes('@')
    .default('Everyhop <hello@everyhop.example>')
    .describe('the sender of all mail, Name <address>'),
});

/** One email on its way out. */
export interface Mail {
  /** With angle brackets. */
  messageId: string;
  recipient: { name: string; email: string };
  subject: string;
  text: string;
  html: string;
}

/** The mail server at `SMTP_URL`. */
@Injectable()
export class MailServer {
  readonly #config = readConfig(MailConfig);
  readonly #transport = createTransport({
    url: this.#config.SMTP_URL,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  });

  /** Resolves when the server has accepted `mail` for delivery; rejects when it refused or cannot be reached. */
  async send({ recipient, ...mail }: Mail): Promise<void> {
    await this.#transport.sendMail({
      ...mail,
      from: this.#config.MAIL_FROM,
      // As an object: a name with commas or line breaks in it stays a name.
      to: { name: recipient.name, address: recipient.email },
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
  }
}
