import type { Bench, Contender } from '../bench.ts';
import { Journeys } from '../journeys.ts';
import { placeOrders } from '../load.ts';
import { Services } from '../services.ts';
import { percentiles } from '../summary.ts';

export const bench: Bench = {
  question: 'Does checkout get slower when billing is down, at 50 orders a second?',
  compared: ['p50 ms', 'p99 ms'],
  async contenders({ quick, defer }) {
    const journeys = new Journeys();
    defer(() => journeys[Symbol.asyncDispose]());
    const services = await Services.start();
    defer(() => services[Symbol.asyncDispose]());
    const checkout = async () => {
      const times: number[] = [];
      const setupClient = (client: NodeJS.EventEmitter) =>
        void client.on('response', (_status, _bytes, ms: number) => times.push(ms));
      const load = quick ? { amount: 50 } : { duration: 15 };
      await placeOrders({ connections: 10, overallRate: 50, ...load, setupClient });
      return percentiles(times);
    };
    const contenders: Contender[] = [
      {
        name: 'billing down',
        async run() {
          await services.stop('billing');
          const sample = await checkout();
          await services.start('billing');
          await journeys.untilAllCompleted();
          return sample;
        },
      },
      {
        name: 'billing up',
        async run() {
          const sample = await checkout();
          await journeys.untilAllCompleted();
          return sample;
        },
      },
    ];
    return contenders;
  },
};
