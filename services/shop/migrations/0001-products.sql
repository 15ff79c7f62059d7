-- The catalogue. Prices are in euro cents, before tax.
create table products (
  sku        text primary key,
  name       text not null,
  unit_price bigint not null check (unit_price > 0)
);

insert into products (sku, name, unit_price) values
  ('HOP-BEANS-1KG',   'Coffee beans, dark roast, 1 kg',     1899),
  ('HOP-FILTER-100',  'Paper filters, 100 pieces',           449),
  ('HOP-GRINDER',     'Hand grinder with ceramic burrs',    5990),
  ('HOP-KETTLE',      'Gooseneck kettle, 1 litre',          7450),
  ('HOP-MUG',         'Stoneware mug, 350 ml',              1290),
  ('HOP-POUROVER',    'Glass pour-over dripper',            2795),
  ('HOP-SCALE',       'Brewing scale with timer',           3999),
  ('HOP-STICKER',     'Sticker: at least once',               95);
