-- How often a try of a parked event was begun of which nobody knows how it ended: the process did. Noted before the try.
alter table inbox_parked add column begun int not null default 0;
