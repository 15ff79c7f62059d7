-- No transaction is open while a mail is on its way, so it is noted before it is sent, and after.
alter table emails
  -- pending: to be sent, perhaps again; sending: handed to the mail server since state_since, or interrupted then.
  -- sent is final; so are failed (refused for good) and uncertain (may have arrived), until an operator decides.
  add column state text not null default 'pending'
    check (state in ('pending', 'sending', 'sent', 'failed', 'uncertain', 'discarded')),
  add column state_since timestamptz not null default now(),
  -- How often it was begun to be sent, and how often nobody knows whether that succeeded.
  add column tries integer not null default 0,
  add column uncertain integer not null default 0,
  add column last_error text,
  -- The event that it answers, as headers, so that an operator's redrive keeps its correlation.
  add column cause jsonb;

update emails set state = 'sent', state_since = sent_at where sent_at is not null;

-- Few rows: what waits for an operator.
create index emails_given_up on emails (state, state_since) where state in ('failed', 'uncertain');
