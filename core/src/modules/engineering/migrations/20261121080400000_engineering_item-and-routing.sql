-- Up Migration
create schema engineering;
comment on schema engineering is 'Items and how they are made (context engineering).';

create table engineering.item (
  item_id uuid primary key,
  tenant_id uuid not null,
  number text not null check (number <> ''),
  name text not null check (name <> ''),
  kind text not null check (kind in ('make', 'buy', 'phantom')),
  uom text not null check (uom <> ''),
  version integer not null default 1 check (version > 0),
  unique (tenant_id, number)
);
comment on table engineering.item is 'What is made, bought or passed through; its quantities are in uom.';
call platform.fence('engineering.item');

create table engineering.routing_operation (
  item_id uuid not null references engineering.item,
  tenant_id uuid not null,
  step integer not null check (step > 0),
  name text not null check (name <> ''),
  -- In context equipment; that context answers whether it exists.
  work_center_id uuid not null,
  run_ms_per_unit double precision not null check (run_ms_per_unit > 0),
  setup_ms double precision not null check (setup_ms >= 0),
  primary key (item_id, step)
);
comment on table engineering.routing_operation is
  'One level of routing: the steps of an item in order, planned run time per unit (PRI) and setup in milliseconds.';
call platform.fence('engineering.routing_operation');
