import type { MessageEvent } from '@nestjs/common';
import { connect, last, map, merge, type MonoTypeOperatorFunction, takeUntil, timer } from 'rxjs';

/**
 * Adds a comment to a stream of server-sent events at once, with which its headers leave, and then one every `everyMs`,
 * so that nobody on the way takes the connection for dead. Ends with the stream.
 */
export const keepAlive = (everyMs = 15_000): MonoTypeOperatorFunction<MessageEvent> =>
  connect((events) => {
    const comments = timer(0, everyMs).pipe(map((): MessageEvent => ({ comment: 'more may come' })));
    return merge(events, comments.pipe(takeUntil(events.pipe(last(null, null)))));
  });
