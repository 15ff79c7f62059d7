-- Serial numbers of parcels, for their tracking numbers. A sequence, as a gap does no harm here and nobody waits.
create sequence shipment_serials maxvalue 9999999999;

-- One parcel an order. recipient is the address as it was ordered.
create table shipments (
  id uuid primary key default uuidv7(),
  order_id uuid not null unique,
  tracking_number text not null unique check (tracking_number ~ '^\d{18}$'),
  carrier text not null,
  recipient jsonb not null,
  created_at timestamptz not null default now()
);
