-- The client's name for its registration, and a hash of what it asked for then, as for orders.
alter table users add column idempotency_key text unique, add column request_hash text;
