-- PDFs, rendered when they are first asked for. They can be deleted: they are rendered again when needed.
create table documents (
  -- Of the shipment.
  id uuid primary key,
  etag text not null,
  content bytea not null,
  rendered_at timestamptz not null default now()
);
-- A PDF is compressed already.
alter table documents alter column content set storage external;
