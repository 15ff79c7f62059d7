-- What other services have done for an order, as their events tell. The events come from different topics, in any
-- order, so a row needs nothing but itself.
create table journey (
  order_id  uuid not null,
  event     text not null,
  service   text not null,
  at        timestamptz not null,
  -- The invoice, shipment or email.
  reference uuid not null,
  primary key (order_id, event)
);
