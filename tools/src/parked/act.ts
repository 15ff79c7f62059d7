import { parseArgs } from 'node:util';
import { admin } from './admin-api.ts';
import { filterOf, filterOptions, oneService, operatorOf } from './filter.ts';

/** `./dev redrive SERVICE (FILTER… | --all) [--why WHY]`: has parked events tried again. */
export const redrive = (args: string[]): Promise<number> =>
  act('redrive', args, (events) => `${events} tried again, each in its turn.`);

/** `./dev discard SERVICE (FILTER… | --all) [--why WHY]`: gives parked events up for good. */
export const discard = (args: string[]): Promise<number> =>
  act('discard', args, (events) => `${events} given up; what waited behind goes on.`);

async function act(command: string, args: string[], done: (events: string) => string): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...filterOptions, all: { type: 'boolean' }, why: { type: 'string' } },
  });
  const service = oneService(command, positionals);
  const { all = false, why, ...given } = values;
  const filter = filterOf(given);
  if (Object.keys(filter).length === 0 && !all) {
    const options = Object.keys(filterOptions).map((name) => `--${name}`);
    throw new Error(`Say which events: ${options.join(', ')}, or --all. ./dev parked ${service} lists them.`);
  }
  const { count } = await admin(service, `parked/${command}`, { filter, all, ...operatorOf(why) });
  if (count === 0)
    throw new Error(`Nothing that is parked in ${service} fits: ./dev parked ${service} lists it.`);
  console.log(done(count === 1 ? '1 event is' : `${count} events are`));
  return 0;
}
