-- Up Migration
create schema production;
comment on schema production is 'Work orders, what machines made and in which state they were (context production).';

create table production.number_sequence (
  tenant_id uuid not null,
  name text not null,
  last bigint not null check (last > 0),
  primary key (tenant_id, name)
);
comment on table production.number_sequence is 'Last number given out per sequence; without holes, because the row is locked to the commit.';
call platform.fence('production.number_sequence');

create table production.work_order (
  work_order_id uuid primary key,
  tenant_id uuid not null,
  number text not null check (number <> ''),
  item_id uuid not null,
  -- As engineering named it when the order was drafted: a shop paper does not change under the operator.
  item_number text not null,
  item_name text not null,
  uom text not null,
  quantity numeric not null check (quantity > 0),
  due_date timestamptz,
  state text not null check (state in
    ('draft', 'firmed', 'released', 'in_progress', 'on_hold', 'completed', 'closed', 'cancelled')),
  held_from text check (held_from in ('released', 'in_progress')),
  released_time timestamptz,
  -- Equals the version of stream work_order:<id>: the optimistic lock.
  version integer not null check (version > 0),
  unique (tenant_id, number),
  check ((state = 'on_hold') = (held_from is not null))
);
comment on table production.work_order is
  'Projection of stream work_order:<id>, written in the transaction of its events; equals their fold (see verify).';
create index work_order_state on production.work_order (tenant_id, state, work_order_id desc);
call platform.fence('production.work_order');

create table production.work_order_operation (
  work_order_id uuid not null references production.work_order,
  step integer not null check (step > 0),
  tenant_id uuid not null,
  name text not null,
  work_center_id uuid not null,
  work_unit_id uuid,
  state text not null check (state in
    ('waiting', 'ready', 'setup', 'running', 'paused', 'done', 'skipped', 'cancelled')),
  good numeric not null default 0,
  scrap numeric not null default 0,
  run_ms_per_unit double precision not null check (run_ms_per_unit > 0),
  setup_ms double precision not null check (setup_ms >= 0),
  started_time timestamptz,
  done_time timestamptz,
  primary key (work_order_id, step)
);
comment on table production.work_order_operation is 'Projection: one routing step of a work order.';
create index work_order_operation_open on production.work_order_operation (tenant_id, work_center_id, state)
  where state in ('ready', 'running', 'paused');
call platform.fence('production.work_order_operation');
