import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type EventSchema, folders, fullName, newest, readSchemas } from '../events/schemas.ts';

/** The newest version of the event that is called `name`, short or full; throws a sentence when there is none. */
export function findEvent(root: string, name: string): EventSchema {
  const events = newest(readSchemas(root));
  const found = events.find((event) => [event.schema.name, fullName(event)].includes(name));
  if (found) return found;
  const names = events.map(({ schema }) => schema.name).join(', ');
  throw new Error(`There is no event ${name}; there are: ${names}. Add one with ./dev new event.`);
}

/** Throws a sentence unless there is a service `name`. */
export function assertService(root: string, name: string): void {
  if (existsSync(join(root, 'services', name, 'src/main.ts'))) return;
  const names = folders(root, 'services').join(', ');
  throw new Error(
    `There is no service ${name}; there are: ${names}. Add it with ./dev new service ${name} --on EVENT.`,
  );
}
