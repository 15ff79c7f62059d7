import { admin, assertService, servicesToAsk } from './admin-api.ts';
import { filterOf, type FilterValues } from './filter.ts';
import { printParked, type Parked } from './print-parked.ts';
import { printRefused, type Refused } from './print-refused.ts';

const limit = 1_000;

/** What `./dev parked` is given beside the filter. */
interface ParkedOptions extends FilterValues {
  /** Whether those are meant that the broker did not take. */
  refused?: boolean;
  /** Whether the events' content is shown, too. */
  show?: boolean;
  json?: boolean;
}

/**
 * `./dev parked`: the events of `named` services, by default of all, that failed, and those behind them. Resolves to 1
 * when a service could not be asked; what the others say is printed all the same.
 */
export async function parked(named: string[], options: ParkedOptions): Promise<number> {
  const { show, json, refused = false, ...filter } = options;
  const wanted = filterOf(filter);
  const what = refused ? 'refused' : 'parked';
  const query = new URLSearchParams({ ...wanted, limit: String(limit) });
  for (const name of named) assertService(name);
  const services = named.length > 0 ? named : servicesToAsk();
  const answers = await Promise.allSettled(services.map((service) => admin(service, `${what}?${query}`)));

  const events: (Parked | Refused)[] = [];
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
  else if (events.length > 0)
    if (refused) printRefused(events as Refused[]);
    else printParked(events as Parked[], { show });
  else if (code === 0)
    console.log(Object.keys(wanted).length > 0 ? `Nothing that is ${what} fits.` : `Nothing is ${what}.`);
  return code;
}
