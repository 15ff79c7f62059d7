import { coreServices } from '@everyhop/local';
import type { Bench } from '../bench.ts';
import { Journeys } from '../journeys.ts';
import { floodWithOrders, placeOrders } from '../load.ts';
import { memoryMbOf } from '../processes.ts';
import { Services } from '../services.ts';
import { quantile } from '../summary.ts';

export const bench: Bench = {
  question: 'What comes of three times as many orders as the system can carry?',
  rounds: 1,
  warmUps: 0,
  compared: [],
  async contenders({ quick, say, defer }) {
    const journeys = new Journeys();
    defer(() => journeys[Symbol.asyncDispose]());
    const services = await Services.start();
    defer(() => services[Symbol.asyncDispose]());
    const peaks = new Map<string, number>();
    const sampling = setInterval(() => {
      for (const name of coreServices)
        peaks.set(name, Math.max(peaks.get(name) ?? 0, memoryMbOf(services.pidOf(name))));
    }, 1_000);
    defer(() => clearInterval(sampling));

    const sustainable = async () => {
      await journeys.begin();
      const start = performance.now();
      await placeOrders({ connections: 20, ...(quick ? { amount: 100 } : { duration: 15 }) });
      return (await journeys.untilAllCompleted()) / ((performance.now() - start) / 1_000);
    };
    return [
      {
        name: 'the whole system',
        async run() {
          await sustainable();
          const rate = await sustainable();
          say(`it carries ${rate.toFixed(0)} orders/s`);
          await journeys.begin();
          const seconds = quick ? 5 : 60;
          const start = performance.now();
          const { answers, takenMs } = await floodWithOrders(rate * 3, seconds);
          const end = performance.now();
          const completed = await journeys.untilAllCompleted();
          const { 201: taken = 0, 429: limited = 0, 503: busy = 0, ...others } = answers;
          const memory = [...peaks].map(([name, mb]) => [`${name}: peak MiB`, mb]);
          return {
            'carried orders/s': rate,
            'asked for orders/s': rate * 3,
            'taken orders/s': taken / ((end - start) / 1_000),
            'refused with 429 or 503': limited + busy,
            'other answers and errors': Object.values(others).reduce((sum, count) => sum + count, 0),
            'taken but lost': taken - completed,
            'checkout p50 ms': quantile(takenMs, 0.5),
            'checkout p99 ms': quantile(takenMs, 0.99),
            'seconds to be fresh again': (performance.now() - end) / 1_000,
            ...Object.fromEntries(memory),
          };
        },
      },
    ];
  },
};
