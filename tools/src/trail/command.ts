import { jaegerUrl } from '../stack/jaeger-url.ts';
import { findTrail } from './find-trail.ts';
import { findUnhandled } from './find-unhandled.ts';
import { printTrail } from './print-trail.ts';

/**
 * `./dev trail`: all that happened, in all services, to the events of a key, such as an order's id, and to what
 * followed from them, also if nobody handles it; or to one event. Resolves to 1 when nothing is known, or a service could not be asked; what the
 * others say is printed all the same.
 */
export async function trail(id: string, { json }: { json?: boolean }): Promise<number> {
  const { entries: told, silent } = await findTrail(id);
  const unhandled = await findUnhandled(id, told).catch(({ message }: Error) => {
    silent.push(`What nobody handles is not shown, as Kafka can't be asked: ${message}`);
    return [];
  });
  const entries = [...told, ...unhandled].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
  for (const sentence of silent) console.error(sentence);
  if (json) for (const entry of entries) console.log(JSON.stringify(entry));
  else if (entries.length > 0) printTrail(entries, jaegerUrl());
  else if (silent.length === 0) console.log(`No service knows an event ${id}, or one with that key.`);
  return entries.length > 0 && silent.length === 0 ? 0 : 1;
}
