import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { findEmail } from './find-email.ts';
import type { PlacedOrder } from './place-order.ts';
import { getJson } from './shop-api.ts';

/** The hops of an order's journey, and who makes each. */
export const hops = {
  OrderPlaced: 'shop',
  InvoiceIssued: 'billing',
  ShippingLabelCreated: 'logistics',
  FollowUpEmailScheduled: 'crm',
  EmailSent: 'crm',
} as const;

/** One hop that was made. */
export interface Hop {
  event: string;
  service: string;
  /** Milliseconds since the order was placed. */
  ms: number;
}

/** An order that was followed to the end of its journey, or for as long as there was patience. */
export interface FollowedOrder {
  orderId: string;
  traceId: string | null;
  placedMs: number;
  /** In the order in which they happened. */
  journey: Hop[];
  /** For a browser; those of hops that are missing are missing. */
  links: { order: string; invoice?: string; label?: string; email?: string; trace?: string };
  /** The hops that were not made in time; empty when all is well. */
  missing: (keyof typeof hops)[];
}

/** How long an order is followed, and who is told of its hops. */
export interface FollowOptions {
  /** Address of the mail sink or Mailpit, for the link to the email. */
  mail: string;
  /** How long to wait for the last hop, in milliseconds. Default 30,000. */
  timeoutMs?: number;
  /** Called once for each hop as soon as it is known. */
  onHop?: (hop: Hop) => void;
}

/** Follows an order by its server-sent events until its last hop, or until the time is up. */
export async function followOrder(placed: PlacedOrder, options: FollowOptions): Promise<FollowedOrder> {
  const { mail, timeoutMs = 30_000, onHop } = options;
  const timeUp = AbortSignal.timeout(timeoutMs);
  const made = new Map<string, Hop>();
  const missing = () => (Object.keys(hops) as (keyof typeof hops)[]).filter((event) => !made.has(event));
  const note = ({ event, service, ms }: Hop) => {
    if (made.has(event)) return;
    made.set(event, { event, service, ms });
    onHop?.({ event, service, ms });
  };

  while (missing().length > 0 && !timeUp.aborted) {
    await forEachHop(placed.links.events, timeUp, note).catch(() => {});
    if (missing().length === 0) break;
    // The stream was cut, but the order itself knows what it would have said; then it is opened again.
    const { journey } = await getJson(placed.links.self, timeUp).catch(() => ({ journey: [] }));
    journey.forEach(note);
    await delay(200, undefined, { signal: timeUp }).catch(() => {});
  }
  const { orderId, traceId, placedMs, email, links } = placed;
  const { invoice, label, trace } = (await getJson(links.self).catch(() => ({ links }))).links;
  return {
    orderId,
    traceId,
    placedMs,
    journey: [...made.values()].sort((one, other) => one.ms - other.ms),
    links: {
      order: links.self,
      invoice,
      label,
      email: made.has('EmailSent') ? await findEmail(mail, email) : undefined,
      trace,
    },
    missing: missing(),
  };
}

async function forEachHop(url: string, signal: AbortSignal, note: (hop: Hop) => void): Promise<void> {
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal });
  const messages = response
    .body!.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, data } of messages) if (event === 'journey') note(JSON.parse(data));
}
