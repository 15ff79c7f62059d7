import { storable } from '@everyhop/postgres';

/** A failure, as it is remembered with a parked event. */
export interface Failure {
  error: unknown;
  /** Tries so far. */
  attempts: number;
  firstFailure: Date;
}

/** The most bytes of a reason that are kept. */
export const mostReasonBytes = 8_192;

/** What `error`, which may be anything, says, and its cause; never throws. */
export function sentenceOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error);
    const { message, cause } = error;
    return cause instanceof Error ? `${message}: ${cause.message}` : String(message);
  } catch {
    // An object without a prototype, or one of which even that fails.
    return `something that does not say what it is: ${Object.prototype.toString.call(error)}`;
  }
}

/** The beginning of `text` that has at most `most` bytes of UTF-8, with an ellipsis where it is cut. */
export function cutToBytes(text: string, most: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  const ellipsis = '…';
  let end = Math.max(most - Buffer.byteLength(ellipsis), 0);
  // Not within a character, whose further bytes all begin with the bits 10.
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return end === 0 ? '' : bytes.toString('utf8', 0, end) + ellipsis;
}

/** A failure in one line that can be stored: the error's sentence, and its cause's. */
export function reasonOf(error: unknown): string {
  return cutToBytes(storable(sentenceOf(error)), mostReasonBytes);
}
