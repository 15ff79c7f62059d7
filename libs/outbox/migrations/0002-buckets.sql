-- Keys are spread over buckets, so that the relays of several instances can share the work: a bucket has one
-- owner at a time, and a key is always in the same bucket.
alter table outbox add column bucket smallint not null default 0;
alter table outbox drop constraint outbox_pkey;
alter table outbox add primary key (bucket, position);

-- Why the broker will never accept this row; it and what follows it of the same key stay until an operator decides.
alter table outbox add column refused text;
create index outbox_refused on outbox (aggregatetype, aggregateid) where refused is not null;

-- Rows come and go all the time: clean up early, and by number rather than by share.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
                        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000);
