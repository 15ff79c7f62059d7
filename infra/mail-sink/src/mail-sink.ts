import { Mailbox, type MailboxLimits } from './mailbox.ts';
import { receiveMail } from './receive-mail.ts';
import { serveMail } from './serve-mail.ts';

/** Where a mail sink listens, and what it keeps. */
export interface MailSinkOptions extends MailboxLimits {
  /** Default 127.0.0.1. */
  host?: string;
  /** 0 (the default) takes a free port. */
  smtpPort?: number;
  /** 0 (the default) takes a free port. */
  httpPort?: number;
  /** Where mails are kept across restarts; without it they live in memory. */
  folder?: string;
}

/** A mail sink that runs until it is stopped. */
export interface MailSink {
  /** For a sender's `SMTP_URL`. */
  readonly smtpUrl: string;
  /** The list page; the API is under `/api/v1`. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the SMTP server and the web page over one mailbox. Rejects when a port is taken. */
export async function startMailSink(options: MailSinkOptions = {}): Promise<MailSink> {
  const host = options.host ?? '127.0.0.1';
  const mailbox = await Mailbox.open(options.folder, options);
  const smtp = await receiveMail(mailbox, host, options.smtpPort ?? 0);
  const web = await serveMail(mailbox, host, options.httpPort ?? 0).catch(async (error) => {
    await smtp.stop();
    throw error;
  });
  return {
    smtpUrl: `smtp://${host}:${smtp.port}`,
    url: `http://${host}:${web.port}`,
    stop: async () => void (await Promise.all([smtp.stop(), web.stop()])),
  };
}
