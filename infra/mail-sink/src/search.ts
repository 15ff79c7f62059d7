import type { MailAddress, Message } from './message.ts';

/**
 * Mails that match a query in Mailpit's language: `message-id:`, `to:`, `from:` and `subject:` before a term, a bare
 * term looks everywhere; quotes hold words together; terms are and-ed; case does not count.
 */
export function search(messages: readonly Message[], query: string): Message[] {
  const terms = [...query.toLowerCase().matchAll(/(?:(message-id|to|from|subject):)?(?:"([^"]*)"|(\S+))/g)];
  return messages.filter((message) =>
    terms.every(([, field = 'any', quoted, word]) => searched[field]!(message).includes(quoted ?? word!)),
  );
}

const searched: Record<string, (message: Message) => string> = {
  'message-id': ({ MessageID }) => MessageID.toLowerCase(),
  to: ({ To }) => written(To),
  from: ({ From }) => written([From]),
  subject: ({ Subject }) => Subject.toLowerCase(),
  any: (message) =>
    `${message.Subject} ${message.Text} ${message.HTML}`.toLowerCase() +
    written([message.From, ...message.To, ...message.Cc]) +
    message.MessageID.toLowerCase(),
};

function written(addresses: MailAddress[]): string {
  return addresses.map(({ Name, Address }) => `${Name} <${Address}>`.toLowerCase()).join(' ');
}
