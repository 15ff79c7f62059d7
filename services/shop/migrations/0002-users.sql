create table users (
  id            uuid primary key default uuidv7(),
  name          text not null,
  email         text not null,
  registered_at timestamptz not null default now()
);

-- One account for an address, however it is capitalised.
create unique index users_email on users (lower(email));
