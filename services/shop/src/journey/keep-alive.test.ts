/** What would go wrong: a proxy cuts a stream that says nothing for a while, or a stream never ends. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { MessageEvent } from '@nestjs/common';
import { Subject } from 'rxjs';
import { keepAlive } from './keep-alive.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a stream is given a comment at once and every 15 s, until it ends', () => {
  const source = new Subject<MessageEvent>();
  const got: MessageEvent[] = [];
  let ended = false;
  source.pipe(keepAlive()).subscribe({ next: (event) => got.push(event), complete: () => (ended = true) });
  jest.advanceTimersByTime(0);
  source.next({ data: 'a' });
  jest.advanceTimersByTime(30_000);
  source.next({ data: 'b' });
  const comment = { comment: expect.any(String) };
  expect(got).toEqual([comment, { data: 'a' }, comment, comment, { data: 'b' }]);
  source.complete();
  expect(ended).toBe(true);
  expect(jest.getTimerCount()).toBe(0);
});

test('who goes leaves no timer behind', () => {
  const subscription = new Subject<MessageEvent>().pipe(keepAlive()).subscribe();
  subscription.unsubscribe();
  expect(jest.getTimerCount()).toBe(0);
});
