import PostalMime, { type Address, type Email } from 'postal-mime';

/** A mail address as Mailpit's API writes it. */
export interface MailAddress {
  Name: string;
  Address: string;
}

/** One received mail, with the field names of Mailpit's API. */
export interface Message {
  ID: string;
  /** Without angle brackets; empty when the mail has none. */
  MessageID: string;
  From: MailAddress;
  To: MailAddress[];
  Cc: MailAddress[];
  Bcc: MailAddress[];
  ReplyTo: MailAddress[];
  Subject: string;
  /** When it was received. */
  Created: Date;
  Text: string;
  HTML: string;
  /** Bytes as received. */
  Size: number;
  Attachments: { FileName: string; ContentType: string }[];
}

/**
 * Reads a mail as it came over the wire. One that cannot be parsed is kept too: all of it becomes the text.
 */
export async function parseMessage(id: string, created: Date, raw: Buffer): Promise<Message> {
  const unreadable: Email = { headers: [], headerLines: [], attachments: [], text: raw.toString() };
  const mail = await PostalMime.parse(raw).catch(() => unreadable);
  return {
    ID: id,
    MessageID: mail.messageId?.replace(/^<|>$/g, '') ?? '',
    From: addresses(mail.from && [mail.from])[0] ?? { Name: '', Address: '' },
    To: addresses(mail.to),
    Cc: addresses(mail.cc),
    Bcc: addresses(mail.bcc),
    ReplyTo: addresses(mail.replyTo),
    Subject: mail.subject ?? '',
    Created: created,
    Text: mail.text ?? '',
    HTML: mail.html ?? '',
    Size: raw.length,
    Attachments: mail.attachments.map((part) => ({
      FileName: part.filename ?? '',
      ContentType: part.mimeType,
    })),
  };
}

function addresses(list: Address[] = []): MailAddress[] {
  return list
    .flatMap((entry) => entry.group ?? [entry])
    .map((mailbox) => ({ Name: mailbox.name, Address: mailbox.address }));
}
