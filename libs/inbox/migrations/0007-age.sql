-- A BRIN's ranges only ever widen: once freed pages are filled again, each of them looks as if it held old rows. What is
-- parked or dead has no entry, as it stays. An update of handled_at is no longer HOT, but only failures and replays make it.
drop index inbox_by_age;
create index inbox_by_age on inbox (handled_at) where outcome in ('handled', 'discarded');
