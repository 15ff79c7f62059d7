import { z } from 'zod';
import { eurosInJson, Money } from '../money.ts';
import { OrderLine } from './order-line.ts';
import type { OrderLinks } from './order-links.ts';
import type { Order } from './orders.ts';

/** An order in JSON. */
export const OrderView = z.object({
  orderId: z.uuid(),
  state: z
    .enum(['placed', 'processing', 'completed'])
    .describe('completed when every service has done its part'),
  customer: z.object({ customerId: z.uuid().nullish(), name: z.string(), email: z.string() }),
  lines: z.array(OrderLine),
  net: Money.describe('sum of the lines, before tax'),
  tax: Money,
  total: Money,
  placedAt: z.iso.datetime(),
  traceId: z.string().nullable().describe('32 hex digits; null when nothing is traced'),
  links: z.object({
    self: z.url(),
    events: z.url().describe('its journey as server-sent events'),
    invoice: z.url().optional().describe('PDF'),
    label: z.url().optional().describe('PDF'),
    trace: z.url().optional().describe('in Jaeger'),
  }),
});
export type OrderView = z.infer<typeof OrderView>;

/** An order as it was when it had just been placed. */
export const viewOf = (order: Order, links: ReturnType<OrderLinks['of']>): OrderView => ({
  orderId: order.id,
  state: 'placed',
  customer: order.customer,
  lines: order.lines,
  net: eurosInJson(order.net),
  tax: eurosInJson(order.tax),
  total: eurosInJson(order.total),
  placedAt: order.placed_at.toISOString(),
  traceId: order.trace_id,
  links,
});
