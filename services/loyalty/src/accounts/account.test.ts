import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AccountEvent, emptyAccount, fold, levelOf } from './account.ts';

const opened: AccountEvent = { kind: 'Opened', points: 100, at: '2026-11-20T22:59:58.123Z' };
const earned = (points: number): AccountEvent => ({ kind: 'Earned', points, orderId: 'an order' });

test('an account is what has happened to it', () => {
  expect(fold([])).toEqual(emptyAccount);
  expect(fold([opened, earned(47), earned(3)])).toEqual({ balance: 150, orders: 2, since: opened.at });
});

const anyEvents = fc.array(fc.oneof(fc.nat({ max: 999 }).map(earned), fc.constant(opened)));

test('from whatever snapshot on, the rest of the events leads to the same account', () => {
  fc.assert(
    fc.property(anyEvents, fc.nat(), (events, at) => {
      const position = at % (events.length + 1);
      const snapshot = fold(events.slice(0, position));
      expect(fold(events.slice(position), snapshot)).toEqual(fold(events));
    }),
  );
});

test('in whatever order topics are read, the same account comes of it', () => {
  fc.assert(
    fc.property(anyEvents, (events) => {
      expect(fold(events.toReversed())).toEqual(fold(events));
    }),
  );
});

test.each([
  [499, 'basic'],
  [500, 'silver'],
  [2_000, 'gold'],
])('%d points are %s', (balance, level) => {
  expect(levelOf({ ...emptyAccount, balance })).toBe(level);
});
