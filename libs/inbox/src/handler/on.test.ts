import { expect, test } from '@jest/globals';
import { OrderPlaced, UserRegistered } from '@everyhop/events';
import type { Delivery } from './handler.ts';
import { handlersOf, On, on } from './on.ts';

class Invoicing {
  readonly prefix = 'invoice';

  @On(OrderPlaced)
  async issueInvoice(order: OrderPlaced, _: Pick<Delivery, 'attempt'>) {
    this.seen.push(`${this.prefix} ${order.orderId}`);
  }

  @On(UserRegistered, { id: 'billing.welcome', retry: { attempts: 2 } })
  async welcome(_user: UserRegistered) {}

  readonly seen: string[] = [];
}

test('a marked method is a handler, bound to its instance, with an id of its class and name', async () => {
  const invoicing = new Invoicing();
  const [handler] = handlersOf(invoicing);
  expect(handler).toMatchObject({
    id: 'Invoicing.issueInvoice',
    event: OrderPlaced,
    retry: { attempts: 10 },
  });
  await handler!.handle({ orderId: '1' }, {} as Delivery);
  expect(invoicing.seen).toEqual(['invoice 1']);
});

test('an explicit id and parts of the retry policy replace the defaults', () => {
  const [, handler] = handlersOf(new Invoicing());
  expect(handler).toMatchObject({ id: 'billing.welcome', retry: { attempts: 2, delay: 50 } });
});

test('a class has the handlers of the classes that it extends, as it says itself', async () => {
  class Reminding extends Invoicing {
    @On(OrderPlaced, { id: 'billing.remind' })
    override async issueInvoice(order: OrderPlaced) {
      this.seen.push(`reminder ${order.orderId}`);
    }
  }
  const reminding = new Reminding();
  const handlers = handlersOf(reminding);
  expect(handlers.map(({ id }) => id)).toEqual(['billing.remind', 'billing.welcome']);
  await handlers[0]!.handle({ orderId: '1' }, {} as Delivery);
  expect(reminding.seen).toEqual(['reminder 1']);
});

test('a handler needs no class, and an option that is undefined is the default', async () => {
  const seen: string[] = [];
  const handler = on(
    OrderPlaced,
    { id: 'billing.note', retry: { attempts: undefined }, onGap: undefined, replayable: true },
    async ({ orderId }) => void seen.push(orderId),
  );
  expect(handler).toMatchObject({
    id: 'billing.note',
    event: OrderPlaced,
    onGap: 'accept',
    replayable: true,
  });
  expect(handler.retry.attempts).toBe(10);
  await handler.handle({ orderId: '1' } as OrderPlaced, {} as Delivery);
  expect(seen).toEqual(['1']);
});

test.each([{ timeout: '1 minute' }, { retry: { delay: '-1s' } }, { retry: { maxDelay: 'soon' } }])(
  'a length of time that is none is refused where the handler is declared: %j',
  (options) => {
    const declare = () => on(UserRegistered, { id: 'x', ...(options as object) }, async () => {});
    expect(declare).toThrow(`is no duration: write '30s', or milliseconds`);
  },
);

test('an object without marks has no handlers', () => {
  expect(handlersOf({})).toEqual([]);
  expect(handlersOf(Object.create(null))).toEqual([]);
});

test('a method that takes another event or returns no event does not compile', () => {
  class Wrong {
    // @ts-expect-error takes UserRegistered, is subscribed to OrderPlaced
    @On(OrderPlaced)
    async takes(_user: UserRegistered) {}

    // @ts-expect-error returns a number
    @On(OrderPlaced)
    async returns(_order: OrderPlaced) {
      return 1;
    }
  }
  expect(handlersOf(new Wrong())).toHaveLength(2);
});
