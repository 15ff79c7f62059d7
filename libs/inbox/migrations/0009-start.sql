-- What a consumer has begun with, of a partition that it has just been given: whoever finds a row that is not its own
-- knows that the process before it ended there. One row a partition at most; while all is well there is none.
create table inbox_start (
  topic        text not null,
  partition    int not null,
  -- The first and the last record that it began with together.
  kafka_offset bigint not null,
  last_offset  bigint not null,
  -- In how many processes the record at that offset was handled with nothing beside it.
  starts       int not null,
  -- The process.
  owner        uuid not null,
  begun_at     timestamptz not null default now(),
  primary key (topic, partition)
);
