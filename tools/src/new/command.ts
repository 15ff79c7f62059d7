import { parseArgs } from 'node:util';
import { alone, root } from '@everyhop/local';
import { newEvent } from './event.ts';
import { type Files, prettyFiles, write } from './files.ts';
import { finish } from './finish.ts';
import { newHandler } from './handler.ts';
import { newService } from './service.ts';

const USAGE = `./dev new service NAME --on EVENT                    a service that handles the event: code, test, migration, database, port
./dev new handler SERVICE NAME --on EVENT            a handler more in a service, with its test and its migration
./dev new event OWNER.NAME FIELD:uuid [FIELD:TYPE …] an event that the service OWNER publishes; the first uuid is its key, a
                                                     type is uuid, time, money, string, int, long, double, boolean or, for
                                                     personal text, pii`;

const stillYours = `Until somebody else has seen the schema, you may change it: delete its line from schemas/published.sha256, then run
./dev events generate.`;

/** `./dev new …`: writes code to begin with, and prints which files it has written. Resolves to the exit code. */
export async function create(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { on: { type: 'string' } },
  });
  // What is planned follows from what is there: two at once would each write the lists without the other's entry.
  const written = await alone(`new ${root}`, async () => {
    const planned = plan(positionals, values.on);
    if (!planned) return undefined;
    const files = await prettyFiles(planned);
    write(root, files);
    return [...Object.keys(files), ...(await finish(root, files))];
  });
  if (!written) {
    console.error(USAGE);
    return positionals.length === 0 ? 0 : 2;
  }
  console.log(written.sort().join('\n'));
  console.log('\nWhat is left to do is marked with TODO. The next ./dev up runs it.');
  if (positionals[0] === 'event') console.log(stillYours);
  return 0;
}

/** The files that are asked for; undefined when it is not clear what is. */
function plan([kind, ...names]: string[], on: string | undefined): Files | undefined {
  const [first, second, ...more] = names;
  if (kind === 'service' && first && !second && on) return newService(root, { name: first, on });
  if (kind === 'handler' && first && second && more.length === 0 && on)
    return newHandler(root, { service: first, name: second, on });
  if (kind === 'event' && first && !on) return newEvent(root, { name: first, fields: names.slice(1) });
  return undefined;
}
