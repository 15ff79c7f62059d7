import { z } from 'zod';
import { Money } from '../money.ts';

/** A line of an order in JSON. */
export const OrderLine = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.number(),
  unitPrice: Money,
  lineTotal: Money,
});
export type OrderLine = z.infer<typeof OrderLine>;
