import { readSettings } from '@everyhop/local';
import { readRecord } from '../stack/record.ts';
import { hops, type FollowedOrder } from './follow-order.ts';
import type { PlacedOrder } from './place-order.ts';

/** The line above the hops. */
export function placedLine({ orderId, placedMs }: Pick<PlacedOrder, 'orderId' | 'placedMs'>): string {
  return `Order ${orderId}, taken in ${inMs(placedMs)}`;
}

/** A line for each hop, with the milliseconds since the order was placed, and for each link. */
export function journeyLines({ journey, links }: FollowedOrder): string[] {
  return [
    ...journey.map(
      ({ event, service, ms }) => `  ${event.padEnd(24)}${service.padEnd(10)}${inMs(ms).padStart(10)}`,
    ),
    ...Object.entries(links).flatMap(([name, url]) => (url ? `  ${name.padEnd(9)}${url}` : [])),
  ];
}

/** Which hops are missing, and what to do next. */
export function missingSentence({ orderId, missing }: FollowedOrder): string {
  const named = missing.map((event) => `${event} (${hops[event]})`).join(', ');
  const components = Object.entries(readRecord(readSettings().state)?.components ?? {});
  const away = components.filter(([, { state }]) => state !== 'ready' && state !== 'done');
  const next =
    away.length > 0
      ? away.map(([name, { state }]) => `${name} is ${state}: ./dev start ${name}.`).join(' ')
      : `./dev trail ${orderId} tells how far it came, ./dev parked what failed.`;
  return `Order ${orderId} misses ${named}. ${next}`;
}

/** What several orders come to: how many are complete, and how long that took. */
export function summary(orders: FollowedOrder[], refused: number): string {
  const complete = orders.filter(({ missing }) => missing.length === 0);
  const last = complete.map(({ journey }) => journey.at(-1)!.ms).sort((one, other) => one - other);
  // The nearest rank: what so many of a hundred did not exceed.
  const percentile = (share: number) => last[Math.ceil(share * last.length) - 1]!;
  const times =
    last.length > 0
      ? `; their last hop after ${inMs(percentile(0.5))} (p50), ${inMs(percentile(0.95))} (p95)`
      : '';
  const failures = [
    [orders.length - complete.length, 'incomplete'],
    [refused, 'not taken'],
  ].flatMap(([count, what]) => (count ? `, ${count} ${what}` : []));
  return `\n${complete.length} orders are complete${failures.join('')}${times}`;
}

/** The journey as one line of JSON. */
export function journeyAsJson({ orderId, traceId, placedMs, journey, links }: FollowedOrder): string {
  return JSON.stringify({ orderId, traceId, placedMs, journey, links });
}

const inMs = (ms: number) => `${ms.toLocaleString('en')} ms`;
