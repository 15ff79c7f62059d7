import type { Generated, JSONColumnType } from 'kysely';

/** A postal address; the country as ISO 3166-1 alpha-2 code. */
export interface Address {
  name: string;
  street: string;
  postalCode: string;
  city: string;
  country: string;
}

/** Logistics' tables, as migrations/ creates them. */
export interface LogisticsDatabase {
  shipments: {
    id: Generated<string>;
    order_id: string;
    /** An SSCC: 18 digits, the last a check digit. */
    tracking_number: string;
    carrier: string;
    recipient: JSONColumnType<Address>;
    created_at: Generated<Date>;
  };
}
