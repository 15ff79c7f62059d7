import { root } from '@everyhop/local';
import { newEvent } from './event.ts';
import { type Files, prettyFiles, write } from './files.ts';
import { finish } from './finish.ts';
import { newHandler } from './handler.ts';
import { newService } from './service.ts';

const stillYours = `Until somebody else has seen the schema, you may change it: delete its line from schemas/published.sha256, then run
./dev events generate.`;

/** `./dev new service`: writes a service that handles the event `on`, and prints which files it has written. */
export const createService = (name: string, on: string): Promise<number> =>
  create(newService(root, { name, on }));

/** `./dev new handler`: writes a handler of the event `on`, and prints which files it has written. */
export const createHandler = (service: string, name: string, on: string): Promise<number> =>
  create(newHandler(root, { service, name, on }));

/** `./dev new event`: writes an event with `fields`, each `NAME:TYPE`, and prints which files it has written. */
export async function createEvent(name: string, fields: string[]): Promise<number> {
  await create(newEvent(root, { name, fields }));
  console.log(stillYours);
  return 0;
}

async function create(planned: Files): Promise<number> {
  const files = await prettyFiles(planned);
  write(root, files);
  const more = await finish(root, files);
  console.log([...Object.keys(files), ...more].sort().join('\n'));
  console.log('\nWhat is left to do is marked with TODO. The next ./dev up runs it.');
  return 0;
}
