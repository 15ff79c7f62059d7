-- Orders as they were placed; nothing of them changes later. Amounts are in euro cents.
create table orders (
  id               uuid primary key default uuidv7(),
  customer         json not null,
  shipping_address json not null,
  lines            json not null,
  net              bigint not null,
  tax              bigint not null,
  total            bigint not null,
  placed_at        timestamptz not null default now(),
  trace_id         text,
  -- The client's name for its request, and a hash of what it asked for then.
  idempotency_key  text unique,
  request_hash     text not null
);
