/** What nodemailer says of a mail that did not go out; an answer of the server has a `responseCode`. */
type SmtpError = Error & { code?: string; command?: string; responseCode?: number; permanent?: boolean };

/** The server is not there, or takes no mail at all: this one is certainly not delivered, and is not to blame. */
export class MailServerUnavailable extends Error {
  override readonly name = 'MailServerUnavailable';
  /** As for any connection that fails: an outage, which is waited out. */
  readonly code = 'ECONNECTION';
}

/** The server does not take this mail now, but may later (4xx): it is certainly not delivered. */
export class MailDeferred extends Error {
  override readonly name = 'MailDeferred';
  readonly code = 'MAIL_DEFERRED';
}

/** The server will never take this mail (5xx), mostly for its recipient: it is certainly not delivered. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused';
  readonly code = 'MAIL_REFUSED';
}

/** The server was given the whole mail, or a part of it, and did not answer: it may be delivered. */
export class DeliveryUncertain extends Error {
  override readonly name = 'DeliveryUncertain';
  readonly code = 'DELIVERY_UNCERTAIN';
}

/**
 * What the failure of a send means for the mail; `handedOver` says whether the server was being given its content.
 * Only answers about the recipient or the content are about this mail. All else (the connection, TLS, the sign-in,
 * our own address as sender) would befall any other.
 */
export function meaningOf(cause: SmtpError, handedOver: boolean): Error {
  const { code, command, responseCode = 0, permanent } = cause;
  // It was we who gave up: that says why.
  const { message } = code === 'EABORT' && cause.cause instanceof Error ? cause.cause : cause;
  const answered = responseCode >= 400 && responseCode < 600;
  if (handedOver && !answered)
    return new DeliveryUncertain(`The mail server did not say whether it took the mail: ${message}`, {
      cause,
    });
  const aboutThisMail = command === 'RCPT TO' || command === 'DATA';
  if (aboutThisMail && answered && responseCode !== 421)
    return permanent ? new MailRefused(message, { cause }) : new MailDeferred(message, { cause });
  // An address that can't be written, or more than the server says it takes.
  if (!answered && (code === 'EENVELOPE' || code === 'EMESSAGE')) return new MailRefused(message, { cause });
  // No failure of SMTP: a mistake of ours.
  if (typeof code !== 'string') return cause;
  return new MailServerUnavailable(`The mail server takes no mail: ${message}`, { cause });
}
