import { alone, root } from '@everyhop/local';
import { newEvent } from './event.ts';
import { type Files, prettyFiles, write } from './files.ts';
import { finish } from './finish.ts';
import { newHandler } from './handler.ts';
import { newService } from './service.ts';

const stillYours = `Until somebody else has seen the schema, you may change it: delete its line from schemas/published.sha256, then run
./dev events generate.`;

/** `./dev new service`: writes a service that handles the event `on`, and prints which files it has written. */
export const createService = (name: string, on: string): Promise<number> =>
  create(() => newService(root, { name, on }));

/** `./dev new handler`: writes a handler of the event `on`, and prints which files it has written. */
export const createHandler = (service: string, name: string, on: string): Promise<number> =>
  create(() => newHandler(root, { service, name, on }));

/** `./dev new event`: writes an event with `fields`, each `NAME:TYPE`, and prints which files it has written. */
export async function createEvent(name: string, fields: string[]): Promise<number> {
  await create(() => newEvent(root, { name, fields }));
  console.log(stillYours);
  return 0;
}

async function create(plan: () => Files): Promise<number> {
  // What is planned follows from what is there: two at once would each write the lists without the other's entry.
  const written = await alone(`new ${root}`, async () => {
    const files = await prettyFiles(plan());
    write(root, files);
    return [...Object.keys(files), ...(await finish(root, files))];
  });
  console.log(written.sort().join('\n'));
  console.log('\nWhat is left to do is marked with TODO. The next ./dev up runs it.');
  return 0;
}
