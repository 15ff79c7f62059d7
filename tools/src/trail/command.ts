import { jaegerUrl } from '../stack/jaeger-url.ts';
import { findTrail } from './find-trail.ts';
import { printTrail } from './print-trail.ts';

/**
 * `./dev trail`: all that happened, in all services, to the events of a key, such as an order's id, and to what
 * followed from them; or to one event. Resolves to 1 when nothing is known, or a service could not be asked; what the
 * others say is printed all the same.
 */
export async function trail(id: string, { json }: { json?: boolean }): Promise<number> {
  const { entries, silent } = await findTrail(id);
  for (const sentence of silent) console.error(sentence);
  if (json) for (const entry of entries) console.log(JSON.stringify(entry));
  else if (entries.length > 0) printTrail(entries, jaegerUrl());
  else if (silent.length === 0) console.log(`No service knows an event ${id}, or one with that key.`);
  return entries.length > 0 && silent.length === 0 ? 0 : 1;
}
