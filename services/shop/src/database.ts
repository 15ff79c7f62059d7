import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Customer, ShippingAddress } from './orders/order-request.ts';
import type { OrderLine } from './orders/order-line.ts';

/** Cents; Postgres hands out a bigint as text. */
type Cents = ColumnType<string, bigint, never>;

/** The tables of the shop; `migrations/` says what their columns mean. */
export interface ShopDatabase {
  products: { sku: string; name: string; unit_price: Cents };
  users: {
    id: Generated<string>;
    name: string;
    email: string;
    registered_at: Generated<Date>;
    idempotency_key: string | null;
    request_hash: string | null;
  };
  orders: {
    id: Generated<string>;
    customer: JSONColumnType<Customer, string, never>;
    shipping_address: JSONColumnType<ShippingAddress, string, never>;
    lines: JSONColumnType<OrderLine[], string, never>;
    net: Cents;
    tax: Cents;
    total: Cents;
    placed_at: Generated<Date>;
    trace_id: string | null;
    idempotency_key: string | null;
    request_hash: string;
  };
  journey: { order_id: string; event: string; service: string; at: Date; reference: string };
}
