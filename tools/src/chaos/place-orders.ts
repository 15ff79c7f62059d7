import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newOrder } from '../order/place-order.ts';
import { getJson, postJson } from '../order/shop-api.ts';

/** An order that was asked for. */
export interface AskedOrder {
  idempotencyKey: string;
  /** Where its mail goes; no other order has the same. */
  email: string;
  /** As the shop answered; undefined when it never did. */
  orderId?: string;
}

/** The load. */
export interface LoadOptions {
  /** Addresses of instances of the shop. */
  shops: string[];
  orders: number;
  /** Over which time they are spread evenly. */
  seconds: number;
  /** For how long after that an order without an answer is tried. */
  patienceMs: number;
  signal?: AbortSignal;
}

// Patient and ever more so, as clients of a system that comes back under load should be.
const answerWithinMs = 15_000;
const pauseMs = { first: 300, longest: 5_000 };

/**
 * Places orders at a steady rate. One whose answer got lost, for whatever reason, is asked for again with its
 * Idempotency-Key, at the next instance, until it is answered.
 */
export async function placeOrders(options: LoadOptions): Promise<AskedOrder[]> {
  const { shops, orders, seconds, patienceMs, signal } = options;
  const products = await getJson(`${shops[0]}/products`);
  const start = performance.now();
  const deadline = start + seconds * 1_000 + patienceMs;

  const place = async (n: number): Promise<AskedOrder> => {
    const dueIn = start + (n * seconds * 1_000) / orders - performance.now();
    await delay(Math.max(dueIn, 0), undefined, { signal });
    const order = newOrder(products);
    const idempotencyKey = randomUUID();
    const asked = { idempotencyKey, email: order.customer.email };
    for (let attempt = 0; performance.now() < deadline; attempt++) {
      try {
        const { orderId } = await postJson(`${shops[(n + attempt) % shops.length]}/orders`, order, {
          headers: { 'Idempotency-Key': idempotencyKey },
          signal: AbortSignal.timeout(answerWithinMs),
        });
        return { ...asked, orderId };
      } catch {
        const pause = Math.min(pauseMs.first * 2 ** attempt, pauseMs.longest);
        await delay(pause, undefined, { signal });
      }
    }
    return asked;
  };
  return Promise.all(Array.from({ length: orders }, (_, n) => place(n)));
}
