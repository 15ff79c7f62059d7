import { type Duration, toMs } from './duration.ts';

/** How waits grow from try to try. */
export interface Backoff {
  /** Before the second try. */
  first: Duration;
  /** The longest wait. */
  longest: Duration;
}

/** The wait before try `attempt + 1`, in ms: doubles from try to try, less up to a half at random so that tries spread out. */
export const backoffMs = (attempt: number, { first, longest }: Backoff): number =>
  Math.min(toMs(first) * 2 ** (attempt - 1), toMs(longest)) * (1 - Math.random() / 2);
