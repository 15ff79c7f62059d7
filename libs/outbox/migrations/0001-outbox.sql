-- Events that their transactions have committed and the relay has not shipped yet.
-- aggregatetype, aggregateid, type and payload are what Debezium's outbox event router expects by default:
-- aggregatetype is the topic, aggregateid the message key; the other columns become headers.
create table outbox (
  position      bigint generated always as identity primary key,
  id            uuid not null,
  aggregatetype text not null,
  aggregateid   text not null,
  type          text not null,
  payload       bytea,
  source        text not null,
  time          timestamptz not null,
  sequence      bigint not null,
  correlationid text not null,
  causationid   text,
  traceparent   text,
  tracestate    text,
  -- For records that are no events of ours, such as dead letters: exactly these headers.
  headers       jsonb
);

-- The last sequence number of each key. Its row lock makes concurrent writers of one key take turns until
-- they commit, so that position, sequence and commit agree on the order of a key's events.
create table outbox_sequence (
  topic text not null,
  key   text not null,
  last  bigint not null,
  primary key (topic, key)
) with (fillfactor = 80);
