-- What has been handled: a row is inserted in the transaction that makes the handler's writes, so that
-- an event that is delivered again finds it and is skipped.
create table inbox (
  handler    text not null,
  event_id   text not null,
  -- 'handled', or 'dead' when the event was given up and sent to the dead-letter topic.
  outcome    text not null default 'handled',
  handled_at timestamptz not null default now(),
  primary key (handler, event_id)
);
