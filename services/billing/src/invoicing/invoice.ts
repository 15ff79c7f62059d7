import { z } from 'zod';

const Address = z.object({
  name: z.string(),
  street: z.string(),
  postalCode: z.string(),
  city: z.string(),
  country: z.string(),
});

/** An amount in minor units of an ISO 4217 currency: cents. A string of digits in JSON, a bigint here. */
const Money = z.object({ amount: z.coerce.bigint(), currency: z.string() });
export type Money = z.infer<typeof Money>;

/**
 * All that an invoice says besides its number and date: what the order and the seller were on that day.
 * Parsing takes just these fields from an order, or reads them back from what `stringify` wrote.
 */
export const InvoiceDocument = z.object({
  seller: Address.extend({ vatId: z.string(), email: z.string() }),
  customer: z.object({ name: z.string(), email: z.string() }),
  shippingAddress: Address,
  lines: z.array(
    z.object({ sku: z.string(), name: z.string(), quantity: z.int(), unitPrice: Money, lineTotal: Money }),
  ),
  net: Money,
  tax: Money,
  taxRatePercent: z.number(),
  total: Money,
  placedAt: z.coerce.date(),
});
export type InvoiceDocument = z.infer<typeof InvoiceDocument>;

/** An issued invoice, complete for printing. */
export interface Invoice extends InvoiceDocument {
  number: string;
  orderId: string;
  issuedAt: Date;
}
