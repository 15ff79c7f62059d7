-- A large backlog leaves as fast as a small one only if what was removed is cleaned up as it goes: the relay reads from
-- the beginning of its buckets, past all index entries that are still there. So autovacuum does not pause here.
alter table outbox set (autovacuum_vacuum_cost_delay = 0);
