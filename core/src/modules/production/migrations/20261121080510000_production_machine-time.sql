-- Up Migration
create table production.assignment (
  assignment_id uuid primary key,
  tenant_id uuid not null,
  work_unit_id uuid not null,
  work_order_id uuid not null references production.work_order,
  step integer not null,
  -- The counts of (valid_from, valid_to] by source time belong to the operation.
  valid_from timestamptz not null,
  valid_to timestamptz not null default 'infinity' check (valid_to >= valid_from),
  -- Newest count taken; the next operation cannot begin before it.
  last_count_time timestamptz not null,
  foreign key (work_order_id, step) references production.work_order_operation
);
comment on table production.assignment is 'Which operation ran on a work unit when; intervals of one work unit do not overlap.';
create unique index assignment_open on production.assignment (tenant_id, work_unit_id) where valid_to = 'infinity';
create index assignment_time on production.assignment (tenant_id, work_unit_id, valid_to);
call platform.fence('production.assignment');

create table production.count_minute (
  tenant_id uuid not null,
  work_unit_id uuid not null,
  minute timestamptz not null,
  -- Null: no operation was there to take the pieces.
  work_order_id uuid,
  step integer,
  good numeric not null,
  scrap numeric not null,
  unique nulls not distinct (tenant_id, work_unit_id, minute, work_order_id, step)
);
comment on table production.count_minute is 'Everything the machines counted, by work unit, minute of source time and operation.';
call platform.fence('production.count_minute');

create table production.unassigned_count (
  tenant_id uuid not null,
  work_unit_id uuid not null,
  minute timestamptz not null,
  reason text not null check (reason in ('no_operation', 'order_closed')),
  good numeric not null,
  scrap numeric not null,
  primary key (tenant_id, work_unit_id, minute, reason)
);
comment on table production.unassigned_count is 'Pieces no operation could take: a person decides where they belong.';
call platform.fence('production.unassigned_count');

create table production.state_point (
  tenant_id uuid not null,
  work_unit_id uuid not null,
  source_time timestamptz not null,
  state text not null check (state in ('producing', 'idle', 'setup', 'down', 'planned_stop', 'no_data')),
  primary key (tenant_id, work_unit_id, source_time)
);
comment on table production.state_point is 'The machine is in state from source_time to the next point; before the first it is no_data.';
call platform.fence('production.state_point');
