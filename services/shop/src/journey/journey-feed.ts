import { AsyncLocalStorage } from 'node:async_hooks';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import {
  catchError,
  concatMap,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  finalize,
  merge,
  type Observable,
  share,
  Subject,
  take,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import type { Order } from '../orders/orders.ts';
import { type Hop, hopsOf, journeyEvents } from './hop.ts';
import { Journey } from './journey.ts';

const pollMs = 200;

/**
 * The journeys of orders while they happen. Another instance of the shop may be the one that learns of a step, so the
 * database is asked: by one query for all orders that are followed, and by none while nobody follows any.
 */
@Injectable()
export class JourneyFeed implements OnModuleDestroy {
  readonly #followed = new Map<symbol, string>();
  readonly #closed = new Subject<void>();
  // Else every query for all would be a span of the request that followed first.
  readonly #outsideRequests = AsyncLocalStorage.snapshot();
  readonly #updates = timer(pollMs, pollMs).pipe(
    exhaustMap(() =>
      defer(() => this.#outsideRequests(() => this.journey.stepsOf([...this.#followed.values()]))).pipe(
        catchError(() => EMPTY),
      ),
    ),
    share(),
  );

  constructor(private readonly journey: Journey) {}

  /**
   * The hops of `order` that are not in `told`: those that are known first, then each as it becomes known; completes
   * after the last. Each is added to `told` before it is emitted.
   */
  follow(order: Order, told: Set<Hop['event']>): Observable<Hop> {
    const known = defer(() => {
      const me = Symbol();
      this.#followed.set(me, order.id);
      return merge(this.journey.stepsOf([order.id]), this.#updates).pipe(
        finalize(() => this.#followed.delete(me)),
      );
    });
    return known.pipe(
      concatMap((steps) => hopsOf(order, steps.get(order.id))),
      filter(({ event }) => !told.has(event)),
      tap(({ event }) => told.add(event)),
      take(journeyEvents.length - told.size),
      takeUntil(this.#closed),
    );
  }

  /** Ends all that follow: the service stops. A client that comes back gets the rest. */
  onModuleDestroy(): void {
    this.#closed.next();
  }
}
