-- The trail of an event: by whose key and as part of what it was handled, at which try, and in which trace.
alter table inbox
  add column attempt int not null default 1,
  add column key text,
  -- Null for the first event of its correlation.
  add column correlation_id text,
  add column trace_id uuid;
create index inbox_of_key on inbox (key);
create index inbox_of_correlation on inbox (correlation_id) where correlation_id is not null;

-- What became of events before they were handled, or instead. Most are handled at the first try and have no row here.
create table inbox_history (
  id       bigint generated always as identity primary key,
  handler  text not null,
  event_id text not null,
  at       timestamptz not null default now(),
  -- 'failed' and tried again; 'parked' after a failure, or with no reason behind another event; 'dead';
  -- 'handled', of an event that a replay has handled again since.
  what     text not null check (what in ('failed', 'parked', 'dead', 'handled')),
  attempt  int,
  reason   text,
  -- The replay in which it was handled.
  replay   int
);
create index inbox_history_of_event on inbox_history (event_id);
create index inbox_action_of_event on inbox_action (event_id);
