import type { OrderPlaced } from '@everyhop/events';
import { Problem } from '@everyhop/service';
import { euros } from '../money.ts';
import type { Product } from '../products/catalogue.ts';
import type { RequestedLine } from './order-request.ts';

/** VAT in Germany. */
const taxRatePercent = 19;

type PricedOrder = Pick<OrderPlaced, 'lines' | 'net' | 'tax' | 'total' | 'taxRatePercent'>;

/**
 * What the requested lines cost now. Prices are before tax; tax is computed once, on the sum of the lines, and half a
 * cent is rounded up. Throws a 422 problem that names each line whose product there is not.
 */
export function priceLines(requested: RequestedLine[], catalogue: Product[]): PricedOrder {
  const products = new Map(catalogue.map((product) => [product.sku, product]));
  const unknown = requested.flatMap(({ sku }, index) =>
    products.has(sku)
      ? []
      : [{ pointer: `#/lines/${index}/sku`, detail: 'is no product of ours: see GET /products' }],
  );
  if (unknown.length > 0)
    throw new Problem({
      status: 422,
      detail: 'The order asks for a product that there is not.',
      errors: unknown,
    });

  const lines = requested.map(({ sku, quantity }) => {
    const { name, unitPrice } = products.get(sku)!;
    return {
      sku,
      name,
      quantity,
      unitPrice: euros(unitPrice),
      lineTotal: euros(unitPrice * BigInt(quantity)),
    };
  });
  const net = lines.reduce((sum, { lineTotal }) => sum + lineTotal.amount, 0n);
  const tax = (net * BigInt(taxRatePercent) + 50n) / 100n;
  return { lines, net: euros(net), tax: euros(tax), total: euros(net + tax), taxRatePercent };
}
