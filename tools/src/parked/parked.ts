import { parseArgs } from 'node:util';
import { admin, serviceNames } from './admin-api.ts';
import { filterOf, filterOptions } from './filter.ts';
import { printParked, type Parked } from './print-parked.ts';

const limit = 1_000;

/**
 * `./dev parked [SERVICE…]`: the events that failed, and those behind them. Resolves to 1 when a service could not be
 * asked; what the others say is printed all the same.
 */
export async function parked(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...filterOptions, show: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const { show, json, ...filter } = values;
  const wanted = filterOf(filter);
  const query = new URLSearchParams({ ...wanted, limit: String(limit) });
  const services = positionals.length > 0 ? positionals : serviceNames();
  const answers = await Promise.allSettled(services.map((service) => admin(service, `parked?${query}`)));

  const events: Parked[] = [];
  let code = 0;
  for (const [index, answer] of answers.entries()) {
    const service = services[index]!;
    if (answer.status === 'rejected') {
      console.error(answer.reason.message);
      code = 1;
    } else {
      events.push(...answer.value.map((event: object) => ({ service, ...event })));
      if (answer.value.length === limit) console.error(`${service}: these are the first ${limit} only.`);
    }
  }
  if (json) for (const event of events) console.log(JSON.stringify(event));
  else if (events.length > 0) printParked(events, { show });
  else if (code === 0)
    console.log(Object.keys(wanted).length > 0 ? 'Nothing that is parked fits.' : 'Nothing is parked.');
  return code;
}
