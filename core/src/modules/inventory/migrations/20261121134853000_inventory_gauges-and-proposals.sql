-- Up Migration
create table inventory.level_gauge (
  tenant_id uuid not null,
  gauge_id uuid not null,
  -- Equipment's: whose binding in this role is read.
  work_unit_id uuid not null,
  role text not null check (role in ('level', 'weight')),
  -- Null: the only metric that has the role.
  metric_name text check (metric_name <> ''),
  location_id uuid not null,
  item_id uuid not null,
  -- Units of the item per unit of the metric.
  factor numeric not null check (factor > 0),
  tolerance numeric not null default 0 check (tolerance >= 0),
  refill_below numeric check (refill_below > 0),
  refill_to numeric check (refill_to >= refill_below),
  -- Null: a person confirms every adjustment.
  auto_confirm_up_to numeric check (auto_confirm_up_to > 0),
  is_refill_automatic boolean not null default false,
  is_active boolean not null default true,
  -- What was decided and holds until the gauge measures something else.
  rejected_difference numeric,
  is_refill_decided boolean not null default false,
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, gauge_id),
  -- What lies in a bin is measured once, or two gauges would correct each other.
  unique (tenant_id, location_id),
  foreign key (tenant_id, location_id) references inventory.location,
  foreign key (tenant_id, item_id) references inventory.stocked_item,
  check ((refill_below is null) = (refill_to is null))
);
comment on table inventory.level_gauge is
  'Level or weight of a work unit as a measure of one item in one bin; quantities in the unit of the item.';
call platform.fence('inventory.level_gauge');

create table inventory.stock_proposal (
  tenant_id uuid not null,
  -- Also the id of the move that an adjustment posts: it can be posted once.
  proposal_id uuid not null,
  gauge_id uuid not null,
  kind text not null check (kind in ('adjustment', 'refill')),
  state text not null default 'proposed' check (state in ('proposed', 'confirmed', 'rejected', 'lapsed')),
  -- Copies: the gauge may measure another bin later.
  location_id uuid not null,
  item_id uuid not null,
  expected numeric not null,
  measured numeric not null check (measured >= 0),
  difference numeric not null check (difference <> 0),
  source_time timestamptz not null,
  reason text not null default '',
  decided_by text,
  decided_time timestamptz,
  created_time timestamptz not null default now(),
  primary key (tenant_id, proposal_id),
  foreign key (tenant_id, gauge_id) references inventory.level_gauge,
  foreign key (tenant_id, location_id) references inventory.location,
  foreign key (tenant_id, item_id) references inventory.stocked_item,
  check (kind <> 'refill' or difference > 0),
  check ((state = 'proposed') = (decided_time is null)),
  check (state not in ('confirmed', 'rejected') or decided_by is not null)
);
comment on table inventory.stock_proposal is
  'What a gauge proposes: to correct the books, or to bring goods; decided by a person or a rule.';
create unique index stock_proposal_one_open on inventory.stock_proposal (tenant_id, gauge_id, kind)
  where state = 'proposed';
create index stock_proposal_state on inventory.stock_proposal (tenant_id, state, proposal_id desc);
create index stock_proposal_gauge on inventory.stock_proposal (tenant_id, gauge_id, proposal_id desc);
call platform.fence('inventory.stock_proposal');
