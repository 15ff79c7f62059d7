-- Replays: a handler handles past events again, on purpose. While one is active, live events of the handler (or of its
-- one key) are parked behind it.
create table inbox_replay (
  id          int generated always as identity primary key,
  handler     text not null,
  -- Null: all keys.
  key         text,
  -- 'beginning', a time in ISO 8601, or an offset.
  starts_from text not null,
  by          text not null,
  why         text not null,
  -- The trace of the operator's action.
  traceparent text,
  started_at  timestamptz not null default now(),
  -- By partition, how far live handling had come and where the replay ends; null until the first instance has looked.
  bounds      jsonb,
  -- Records that it has still to read.
  remaining   bigint,
  handled     bigint not null default 0,
  -- Why it does not get on.
  failure     text,
  finished_at timestamptz,
  cancelled   boolean not null default false
);
-- A handler has one at a time.
create unique index inbox_replay_active on inbox_replay (handler) where finished_at is null;

-- The last replay in which the event was handled again.
alter table inbox add column replay int;

-- Also what operators did to rows of the outbox (no handler), and to handlers as a whole (no event).
alter table inbox_action drop constraint inbox_action_action_check;
alter table inbox_action add check (action in ('redrive', 'discard', 'replay', 'cancel'));
alter table inbox_action alter column handler drop not null;
alter table inbox_action alter column event_id drop not null;
