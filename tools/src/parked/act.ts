import { admin } from './admin-api.ts';
import { UsageError } from '../usage-error.ts';
import { filterOf, filterOptions, type FilterValues, operatorOf } from './filter.ts';

/** Which events an operator decides about, and why. One of the filters, or `all`, must be given. */
interface ActOptions extends FilterValues {
  all?: boolean;
  /** Whether those are meant that the broker did not take. */
  refused?: boolean;
  why?: string;
}

/** `./dev redrive`: has parked or refused events of `service` tried again. */
export const redrive = (service: string, options: ActOptions): Promise<number> =>
  act('redrive', service, options, (events) => `${events} tried again, each in its turn.`);

/** `./dev discard`: gives parked or refused events of `service` up for good. */
export const discard = (service: string, options: ActOptions): Promise<number> =>
  act('discard', service, options, (events) => `${events} given up; what waited behind goes on.`);

async function act(
  command: 'redrive' | 'discard',
  service: string,
  { refused, all = false, why, ...given }: ActOptions,
  done: (events: string) => string,
): Promise<number> {
  const kind = refused ? 'refused' : 'parked';
  const list = `./dev parked ${service}${refused ? ' --refused' : ''}`;
  const filter = filterOf(given);
  if (Object.keys(filter).length === 0 && !all) {
    const options = Object.keys(filterOptions).map((name) => `--${name}`);
    throw new UsageError(`Say which events: ${options.join(', ')}, or --all. ${list} lists them.`);
  }
  const { count } = await admin(service, `${kind}/${command}`, { filter, all, ...operatorOf(why) });
  if (count === 0) throw new Error(`Nothing that is ${kind} in ${service} fits: ${list} lists it.`);
  console.log(done(count === 1 ? '1 event is' : `${count} events are`));
  return 0;
}
