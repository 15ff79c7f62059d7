import { hops, type FollowedOrder, type Hop } from './follow-order.ts';
import type { PlacedOrder } from './place-order.ts';

/** Prints an order's journey: its hops with the milliseconds since it was placed, its links, and what is missing. */
export function printJourney(order: FollowedOrder): void {
  console.log(placedLine(order));
  for (const hop of order.journey) console.log(hopLine(hop));
  printLinks(order);
}

/** The line above the hops. */
export function placedLine({ orderId, placedMs }: Pick<PlacedOrder, 'orderId' | 'placedMs'>): string {
  return `Order ${orderId}, taken in ${placedMs} ms`;
}

/** The line of one hop. */
export function hopLine({ event, service, ms }: Hop): string {
  return `  ${event.padEnd(24)}${service.padEnd(10)}${ms.toLocaleString('en').padStart(7)} ms`;
}

/** Prints what comes below the hops: the links, and what is missing. */
export function printLinks({ links, missing }: FollowedOrder): void {
  for (const [name, url] of Object.entries(links)) if (url) console.log(`  ${name.padEnd(9)}${url}`);
  if (missing.length > 0) console.error(`  ${missingSentence(missing)}`);
}

/** Which hops are missing, and where to look. */
export function missingSentence(missing: FollowedOrder['missing']): string {
  const named = missing.map((event) => `${event} (${hops[event]})`).join(', ');
  return `Missing: ${named}. ./dev status shows what runs, ./dev logs ${hops[missing[0]!]} what it says.`;
}

/** The journey as one line of JSON. */
export function journeyAsJson({ orderId, traceId, placedMs, journey, links }: FollowedOrder): string {
  return JSON.stringify({ orderId, traceId, placedMs, journey, links });
}
