import type { Bench } from '../bench.ts';
import { Journeys } from '../journeys.ts';
import { placeOrders } from '../load.ts';
import { memoryMbOf } from '../processes.ts';
import { serviceNames, Services } from '../services.ts';

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
      for (const name of serviceNames)
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
          const { result, answers } = await placeOrders(
            {
              connections: 300,
              overallRate: Math.ceil(rate * 3),
              timeout: 30,
              ...(quick ? { amount: 300 } : { duration: 60 }),
            },
            /./,
          );
          const end = performance.now();
          const completed = await journeys.untilAllCompleted();
          const refused = (answers['429'] ?? 0) + (answers['503'] ?? 0);
          const memory = [...peaks].map(([name, mb]) => [`${name}: peak MiB`, mb]);
          return {
            'carried orders/s': rate,
            'answered orders/s': result.requests.total / result.duration,
            'placed orders/s': completed / result.duration,
            'refused with 429 or 503': refused,
            'other answers and errors': result.requests.total - answers['201']! - refused + result.errors,
            'checkout p99 ms': result.latency.p99,
            'seconds to be fresh again': (performance.now() - end) / 1_000,
            ...Object.fromEntries(memory),
          };
        },
      },
    ];
  },
};
