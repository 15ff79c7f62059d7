import { expect, test } from '@jest/globals';
import { type DomainEvent, type EventType, EmailSent, OrderPlaced, UserRegistered } from './index.ts';

// Checked by the compiler: each @ts-expect-error fails the build when its line compiles.
declare const order: OrderPlaced;
declare const user: UserRegistered;

function handler(handle: () => DomainEvent | DomainEvent[] | void): void {
  expect(handle).toBeInstanceOf(Function);
}

test('payloads of the wrong shape do not compile', () => {
  const invalid = [
    // @ts-expect-error the data of another event
    () => UserRegistered(order),
    // @ts-expect-error a missing field
    () => UserRegistered({ userId: user.userId, name: user.name, email: user.email }),
    // @ts-expect-error a field that the event does not have
    () => UserRegistered({ ...user, age: 7 }),
    // @ts-expect-error an amount that is no bigint
    () => OrderPlaced({ ...order, total: { amount: 1999, currency: 'EUR' } }),
    // @ts-expect-error a time that is no Date
    () => UserRegistered({ ...user, registeredAt: '2030-01-01T00:00:00Z' }),
    // @ts-expect-error a kind that is none of the enum's
    (sent: EmailSent) => EmailSent({ ...sent, kind: 'Newsletter' }),
    // @ts-expect-error a nullable field without a default must be said
    ({ orderId: _, ...sent }: EmailSent) => EmailSent(sent),
    // @ts-expect-error facts do not change
    () => (order.orderId = user.userId),
    // @ts-expect-error neither do their lists
    () => order.lines.push(order.lines[0]!),
  ];

  expect(invalid).toHaveLength(9);
});

test('what is no event cannot be returned as one', () => {
  handler(() => UserRegistered(user));
  handler(() => [UserRegistered(user), OrderPlaced(order)]);
  handler(() => undefined);
  // @ts-expect-error data is not an event
  handler(() => user);
  // @ts-expect-error neither is a list of data
  handler(() => [order]);
  // @ts-expect-error nor the kind of an event
  handler(() => UserRegistered);
});

test('an event type fits only the data of its event', () => {
  const placed: EventType<OrderPlaced> = OrderPlaced;
  // @ts-expect-error another event's type
  const registered: EventType<UserRegistered> = OrderPlaced;

  expect([placed, registered]).toEqual([OrderPlaced, OrderPlaced]);
});
