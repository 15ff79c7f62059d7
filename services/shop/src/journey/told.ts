import { type Hop, journeyEvents } from './hop.ts';

/**
 * The id of an event of a journey's stream: all that the client has been told by then, as the numbers of the hops in
 * `journeyEvents`, from 1 on. `13`: it knows that the order was placed and the label created. Hops come in any order,
 * so the name of the last one would not say which are missing; this does, to whichever instance the client comes back.
 */
export const idOfTold = (told: ReadonlySet<Hop['event']>): string =>
  journeyEvents.map((event, index) => (told.has(event) ? index + 1 : '')).join('');

/** What a client has been told that names `id` as the last that it got; nothing when it names none that there is. */
export function toldBy(id: string | undefined): Set<Hop['event']> {
  const told = new Set(journeyEvents.filter((_, index) => id?.includes(String(index + 1))));
  return idOfTold(told) === id ? told : new Set();
}
