-- Up Migration
alter table engineering.item
  add column description text not null default '',
  add column revision text not null default '',
  add column tracking text not null default 'none' check (tracking in ('none', 'lot', 'serial')),
  add column purchase_price numeric check (purchase_price >= 0),
  -- Per unit, written by the cost roll-up; null while something below has no price.
  add column standard_cost numeric check (standard_cost >= 0),
  add column standard_cost_time timestamptz;
comment on column engineering.item.standard_cost is 'Company currency per uom: result of the last roll-up.';
create index item_search on engineering.item (tenant_id, kind, number);

create table engineering.uom (
  tenant_id uuid not null,
  uom text not null check (uom <> ''),
  name text not null check (name <> ''),
  decimals smallint not null check (decimals between 0 and 6),
  primary key (tenant_id, uom)
);
comment on table engineering.uom is
  'Units of measure a company added to the standard ones, which contracts list.';
call platform.fence('engineering.uom');

create table engineering.uom_conversion (
  tenant_id uuid not null,
  -- Null: for every item. A box of screws is not a box of bolts.
  item_id uuid references engineering.item,
  from_uom text not null check (from_uom <> ''),
  to_uom text not null check (to_uom <> '' and to_uom <> from_uom),
  -- One from_uom is exactly numerator / denominator of to_uom: a third has no decimal.
  numerator numeric not null check (numerator > 0),
  denominator numeric not null check (denominator > 0),
  unique nulls not distinct (tenant_id, item_id, from_uom, to_uom)
);
comment on table engineering.uom_conversion is 'Exact conversions between units, for one item or for all.';
call platform.fence('engineering.uom_conversion');

create table engineering.setup_matrix (
  tenant_id uuid primary key,
  version integer not null check (version > 0)
);
comment on table engineering.setup_matrix is 'Version of the setup families and times of a company: they are edited as one.';
call platform.fence('engineering.setup_matrix');

create table engineering.setup_family (
  tenant_id uuid not null,
  setup_family_id uuid not null,
  name text not null check (name <> ''),
  primary key (tenant_id, setup_family_id),
  unique (tenant_id, name)
);
comment on table engineering.setup_family is 'Operations that a work center goes on with without a change-over between them.';
call platform.fence('engineering.setup_family');

create table engineering.setup_time (
  tenant_id uuid not null,
  -- In context equipment; null: every work center without an entry of its own.
  work_center_id uuid,
  from_family_id uuid not null,
  to_family_id uuid not null,
  minutes numeric not null check (minutes between 0 and 10080),
  unique nulls not distinct (tenant_id, work_center_id, from_family_id, to_family_id),
  foreign key (tenant_id, from_family_id) references engineering.setup_family on delete cascade,
  foreign key (tenant_id, to_family_id) references engineering.setup_family on delete cascade
);
comment on table engineering.setup_time is 'Setup matrix: minutes from one setup family to another, per work center.';
call platform.fence('engineering.setup_time');

create table engineering.capability (
  tenant_id uuid not null,
  capability_id uuid not null,
  kind text not null check (kind in ('skill', 'tool')),
  name text not null check (name <> ''),
  capacity integer not null check (capacity between 0 and 1000),
  primary key (tenant_id, capability_id),
  unique (tenant_id, kind, name)
);
comment on table engineering.capability is 'A skill people have or a tool there is; capacity: operations that may use it at a time.';
call platform.fence('engineering.capability');

alter table engineering.routing_operation
  -- Pieces after which the next step may begin; null: it waits for the whole order.
  add column transfer_quantity numeric check (transfer_quantity > 0),
  add column setup_family_id uuid,
  add foreign key (tenant_id, setup_family_id) references engineering.setup_family;

create table engineering.routing_alternative (
  item_id uuid not null,
  tenant_id uuid not null,
  step integer not null,
  work_center_id uuid not null,
  priority smallint not null check (priority between 1 and 99),
  run_ms_per_unit double precision not null check (run_ms_per_unit > 0),
  setup_ms double precision not null check (setup_ms >= 0),
  primary key (item_id, step, work_center_id),
  foreign key (item_id, step) references engineering.routing_operation on delete cascade
);
comment on table engineering.routing_alternative is 'Other work centers that can do a step, with their own times; priority 1 is tried first.';
call platform.fence('engineering.routing_alternative');

create table engineering.routing_capability (
  item_id uuid not null,
  tenant_id uuid not null,
  step integer not null,
  capability_id uuid not null,
  primary key (item_id, step, capability_id),
  foreign key (item_id, step) references engineering.routing_operation on delete cascade,
  foreign key (tenant_id, capability_id) references engineering.capability
);
comment on table engineering.routing_capability is 'Skills and tools a step needs while it runs.';
call platform.fence('engineering.routing_capability');
