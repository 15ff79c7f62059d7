-- Every email from the moment it is decided on: what is sent is what was written then, however late or often it is tried.
create table emails (
  id uuid primary key default uuidv7(),
  -- The event that it answers: one email an event.
  event_id uuid not null unique,
  kind text not null check (kind in ('Welcome', 'FollowUp')),
  order_id uuid,
  recipient_name text not null,
  recipient_email text not null,
  subject text not null,
  body_text text not null,
  body_html text not null,
  send_at timestamptz not null,
  -- When the mail server accepted it; null until then.
  sent_at timestamptz
);
