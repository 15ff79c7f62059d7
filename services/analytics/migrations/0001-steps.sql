-- Each step of each journey. A row needs nothing but itself, as the events come from different topics, in any order.
create table step (
  -- The order; of a registration the customer.
  journey uuid not null,
  step text not null check (step in ('registered', 'ordered', 'invoiced', 'shipped', 'mailed')),
  at timestamptz not null,
  -- Who ordered, if they have registered.
  customer_id uuid,
  primary key (journey, step)
);

create index step_at on step (at, step);
