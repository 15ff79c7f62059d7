import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '@everyhop/telemetry/internal';
import { isCoordinatorMoving } from './produce-errors.ts';

const attempts = 12;
const backoff = { first: 50, longest: 1_000 };

/**
 * Asks a coordinator until it is there: the first group or producer id of a fresh cluster makes it set one up, and a
 * broker that dies makes it move, which takes a moment. Rejects with any other error at once, with this one after about 5 s.
 */
export async function whenCoordinated<R>(ask: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!isCoordinatorMoving(error) || attempt === attempts) throw error;
      await delay(backoffMs(attempt, backoff));
    }
  }
}
