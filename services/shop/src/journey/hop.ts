import { z } from 'zod';
import type { Order } from '../orders/orders.ts';
import type { Step } from './journey.ts';

/** What happens to every order; its journey is over when all of it has. */
export const journeyEvents = [
  'OrderPlaced',
  'InvoiceIssued',
  'ShippingLabelCreated',
  'FollowUpEmailScheduled',
  'EmailSent',
] as const;

/** One hop of an order's journey in JSON. */
export const Hop = z.object({
  event: z.enum(journeyEvents),
  service: z.string().describe('who did it').meta({ example: 'billing' }),
  at: z.iso.datetime(),
  ms: z.number().describe('milliseconds after the order was placed'),
});
export type Hop = z.infer<typeof Hop>;

/** The hops of `order` when other services have done `steps`. */
export const hopsOf = (order: Order, steps: Step[] = []): Hop[] =>
  [{ event: 'OrderPlaced', service: 'shop', at: order.placed_at }, ...steps].map(
    ({ event, service, at }) => ({
      event: event as Hop['event'],
      service,
      at: at.toISOString(),
      ms: at.getTime() - order.placed_at.getTime(),
    }),
  );
