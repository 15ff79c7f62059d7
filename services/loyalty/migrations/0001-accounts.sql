-- What has happened to each account, from 1 on without a gap: all there is to know about it.
create table account_event (
  customer_id uuid not null,
  version integer not null check (version > 0),
  -- What it answers, so that an event that is handled again is not written again.
  cause uuid not null,
  event jsonb not null,
  primary key (customer_id, version),
  unique (customer_id, cause)
);

-- The state of an account after some of its events, so that not all have to be read. May be emptied at any time.
create table account_snapshot (
  customer_id uuid primary key,
  version integer not null,
  state jsonb not null
);
