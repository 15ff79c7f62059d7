import { parseArgs } from 'node:util';
import { admin } from './admin-api.ts';
import { filterOf, filterOptions, oneService, operatorOf, refusedOption } from './filter.ts';

/** `./dev redrive SERVICE (FILTER… | --all) [--refused] [--why WHY]`: has parked or refused events tried again. */
export const redrive = (args: string[]): Promise<number> =>
  act('redrive', args, (events) => `${events} tried again, each in its turn.`);

/** `./dev discard SERVICE (FILTER… | --all) [--refused] [--why WHY]`: gives parked or refused events up for good. */
export const discard = (args: string[]): Promise<number> =>
  act('discard', args, (events) => `${events} given up; what waited behind goes on.`);

async function act(command: string, args: string[], done: (events: string) => string): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...filterOptions, ...refusedOption, all: { type: 'boolean' }, why: { type: 'string' } },
  });
  const service = oneService(command, positionals);
  const { refused, all = false, why, ...given } = values;
  const kind = refused ? 'refused' : 'parked';
  const list = `./dev parked ${service}${refused ? ' --refused' : ''}`;
  const filter = filterOf(given);
  if (Object.keys(filter).length === 0 && !all) {
    const options = Object.keys(filterOptions).map((name) => `--${name}`);
    throw new Error(`Say which events: ${options.join(', ')}, or --all. ${list} lists them.`);
  }
  const { count } = await admin(service, `${kind}/${command}`, { filter, all, ...operatorOf(why) });
  if (count === 0) throw new Error(`Nothing that is ${kind} in ${service} fits: ${list} lists it.`);
  console.log(done(count === 1 ? '1 event is' : `${count} events are`));
  return 0;
}
