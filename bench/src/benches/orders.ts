import { coreServices } from '@everyhop/local';
import type { Bench, Contender } from '../bench.ts';
import { Journeys } from '../journeys.ts';
import { placeOrders } from '../load.ts';
import { Services } from '../services.ts';

export const bench: Bench = {
  question: 'How many orders a second pass through all four services, and what does tracing cost?',
  rounds: 3,
  warmUps: 0,
  compared: ['orders/s', 'journeys/s', 'services µs/journey'],
  async contenders({ quick, meter, defer }) {
    const journeys = new Journeys();
    defer(() => journeys[Symbol.asyncDispose]());
    const contender = (name: string, env: Record<string, string>): Contender => ({
      name,
      async run() {
        await using services = await Services.start(env);
        await placeOrders({ connections: 20, ...(quick ? { amount: 20 } : { duration: 5 }) });
        await journeys.untilAllCompleted();
        await journeys.begin();

        for (const service of coreServices) meter.add(service, () => services.pidOf(service));
        const before = meter.read();
        const start = performance.now();
        const result = await placeOrders({
          connections: 20,
          ...(quick ? { amount: 100 } : { duration: 15 }),
        });
        const count = await journeys.untilAllCompleted();
        const seconds = (performance.now() - start) / 1_000;
        const cpu = meter.since(before, count, 'journey');
        for (const service of coreServices) meter.remove(service);
        const { 'Node µs/journey': _, ...engines } = cpu;
        const ofServices = coreServices.reduce((sum, name) => sum + cpu[`${name} µs/journey`]!, 0);
        return {
          'orders/s': result['2xx'] / result.duration,
          'journeys/s': count / seconds,
          'services µs/journey': ofServices,
          ...engines,
        };
      },
    });
    return [contender('with tracing', {}), contender('without tracing', { OTEL_SDK_DISABLED: 'true' })];
  },
};
