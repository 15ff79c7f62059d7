-- Finds what is old enough to be removed; of the size of a few pages, since rows come in the order of their time.
create index inbox_by_age on inbox using brin (handled_at) with (pages_per_range = 32);
