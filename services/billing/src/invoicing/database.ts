import type { ColumnType, Generated } from 'kysely';

/** Billing's tables, as migrations/ creates them. */
export interface BillingDatabase {
  invoice_numbers: { year: number; last: number; last_issued_at: Date };
  invoices: {
    id: Generated<string>;
    number: string;
    order_id: string;
    issued_at: Date;
    /** Written as JSON text; read it through InvoiceDocument. */
    document: ColumnType<unknown, string, never>;
  };
}
