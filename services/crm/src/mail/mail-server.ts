import type { Readable } from 'node:stream';
import { readConfig, duration } from '@everyhop/service';
import { Injectable } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { z } from 'zod';
import { meaningOf } from './delivery-errors.ts';

const MailConfig = z.object({
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .describe('the mail server, smtp://host:port or smtps://user:password@host'),
  MAIL_FROM: z
    .string()
    .includes('@')
    .default('Everyhop <hello@everyhop.example>')
    .describe('the sender of all mail, Name <address>'),
  MAIL_TIMEOUT: duration
    .prefault('30s')
    .describe('how long the mail server may take until it wants the content of a mail, such as 30s'),
  // RFC 5321, 4.5.3.2.6: a client that gives up earlier sends again what was delivered.
  MAIL_ANSWER_TIMEOUT: duration
    .prefault('10m')
    .describe('how long the mail server may take to answer after the content, such as 10m'),
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

/** What `send` gives nodemailer beside the mail: it is called with the content as it will be read. */
interface Watched {
  watch(content: Readable): Readable;
}

/** The mail server at `SMTP_URL`, reached over connections that are kept for the next mail. */
@Injectable()
export class MailServer implements AsyncDisposable {
  readonly #config = readConfig(MailConfig);
  readonly #transport = createTransport({
    url: this.#config.SMTP_URL,
    pool: true,
    // As many as there are jobs at once: some may wait for a slow answer.
    maxConnections: 10,
    connectionTimeout: Math.min(this.#config.MAIL_TIMEOUT, 10_000),
    greetingTimeout: Math.min(this.#config.MAIL_TIMEOUT, 10_000),
    // Only a backstop: `send` counts for itself, as it knows how far a mail has got.
    socketTimeout: this.#config.MAIL_ANSWER_TIMEOUT + 60_000,
    socketCloseTimeout: 1_000,
  });

  constructor() {
    this.#transport.use('stream', ({ data, message }, done) => {
      message.processFunc((data as unknown as Watched).watch);
      done();
    });
  }

  /**
   * Resolves when the server has accepted `mail` for delivery. Rejects with {@link MailServerUnavailable},
   * {@link MailDeferred} or {@link MailRefused} when it has not, and with {@link DeliveryUncertain} when that can't be
   * known. `signal` ends the attempt.
   */
  async send({ recipient, ...mail }: Mail, signal?: AbortSignal): Promise<void> {
    const { MAIL_FROM: from, MAIL_TIMEOUT, MAIL_ANSWER_TIMEOUT } = this.#config;
    const tooLong = new AbortController();
    const within = (ms: number) =>
      setTimeout(() => tooLong.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
    let timer = within(MAIL_TIMEOUT);
    let handedOver = false;
    const watch = (content: Readable) =>
      // The server has asked for it.
      content.once('resume', () => {
        handedOver = true;
        clearTimeout(timer);
        timer = within(MAIL_ANSWER_TIMEOUT);
      });
    try {
      const options = {
        ...mail,
        from,
        // As an object: a name with commas or line breaks in it stays a name.
        to: { name: recipient.name, address: recipient.email },
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.any([tooLong.signal, ...(signal ? [signal] : [])]),
        watch,
      };
      await this.#transport.sendMail(options);
    } catch (error) {
      throw meaningOf(error as Error, handedOver);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#transport.close({ force: true });
  }
}
