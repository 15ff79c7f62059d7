-- The last invoice number taken in each year. A row and not a sequence: a sequence's numbers survive a rollback,
-- so it leaves gaps, and invoice numbers must have none. The row lock lasts until the taker's commit, so
-- invoices are issued one transaction at a time; last_issued_at keeps their dates in the order of their numbers.
create table invoice_numbers (
  year integer primary key,
  last integer not null check (last > 0),
  last_issued_at timestamptz not null
);

-- One invoice an order. document is all that is printed, as it was when the invoice was issued.
create table invoices (
  id uuid primary key default uuidv7(),
  number text not null unique,
  order_id uuid not null unique,
  issued_at timestamptz not null,
  document jsonb not null
);
