-- Events that failed, and the events of the same key behind them. The first of a key is its head; only a head
-- has a time at which it is tried again.
create table inbox_parked (
  position        bigint generated always as identity primary key,
  handler         text not null,
  event_id        text not null,
  key             text not null,
  -- The record as it came, and where it lay.
  topic           text not null,
  partition       int not null,
  kafka_offset    text not null,
  record_key      text,
  payload         bytea,
  headers         jsonb not null,
  -- 'waiting' for its turn or its next try; 'dead' after the last one.
  state           text not null check (state in ('waiting', 'dead')),
  -- Whether events of the same key and handler wait behind it.
  blocks          boolean not null default true,
  attempts        int not null default 0,
  next_attempt_at timestamptz,
  reason          text,
  first_failure   timestamptz,
  last_failure    timestamptz,
  parked_at       timestamptz not null default now(),
  -- The trace of the operator's action that redrove it.
  redriven_by     text,
  unique (handler, event_id)
);
create index inbox_parked_of_key on inbox_parked (handler, key, position) where blocks;
create index inbox_parked_due on inbox_parked (next_attempt_at) where state = 'waiting';

-- What operators did to parked events.
create table inbox_action (
  id       bigint generated always as identity primary key,
  at       timestamptz not null default now(),
  action   text not null check (action in ('redrive', 'discard')),
  by       text not null,
  why      text not null,
  handler  text not null,
  event_id text not null
);

-- The last sequence number of each key that this service has seen, whatever the type of the event.
create table inbox_sequence (
  topic   text not null,
  key     text not null,
  last    bigint not null,
  seen_at timestamptz not null default now(),
  primary key (topic, key)
) with (fillfactor = 80);
