-- Lists what is parked, and counts it by handler and state, without reading all of it.
create index inbox_parked_listed on inbox_parked (state, handler, key, position);
