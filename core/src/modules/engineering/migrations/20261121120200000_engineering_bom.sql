-- Up Migration
create table engineering.bom (
  tenant_id uuid not null,
  bom_id uuid not null,
  item_id uuid not null references engineering.item,
  revision text not null check (revision <> ''),
  state text not null default 'draft' check (state in ('draft', 'approved', 'rejected')),
  -- What the lines are for, in the unit of the item.
  quantity numeric not null check (quantity > 0),
  note text not null default '',
  -- Days on which it is the one; only an approved revision has them.
  valid_from date,
  valid_to date check (valid_to > valid_from),
  version integer not null default 1 check (version > 0),
  created_time timestamptz not null default now(),
  primary key (tenant_id, bom_id),
  unique (tenant_id, item_id, revision),
  check ((state = 'approved') = (valid_from is not null))
);
comment on table engineering.bom is
  'A revision of what an item consists of. Only a draft changes; revisions of one item never hold on the same day (kept by approve-bom under a lock of the item).';
create unique index bom_one_open on engineering.bom (tenant_id, item_id) where state = 'approved' and valid_to is null;
create unique index bom_one_start on engineering.bom (tenant_id, item_id, valid_from) where state = 'approved';
call platform.fence('engineering.bom');

create table engineering.bom_line (
  tenant_id uuid not null,
  bom_id uuid not null,
  position integer not null check (position > 0),
  item_id uuid not null references engineering.item,
  quantity numeric not null check (quantity > 0),
  uom text not null check (uom <> ''),
  scrap_percent numeric not null default 0 check (scrap_percent between 0 and 1000),
  -- Days within those of the revision on which the line holds.
  valid_from date,
  valid_to date check (valid_to > valid_from),
  consumption text not null default 'flexible' check (consumption in ('flexible', 'warning', 'strict')),
  step integer check (step > 0),
  note text not null default '',
  -- quantity in the unit of the component for one unit of the product, scrap included: exact.
  per_over numeric not null check (per_over > 0),
  per_under numeric not null check (per_under > 0),
  primary key (tenant_id, bom_id, position),
  foreign key (tenant_id, bom_id) references engineering.bom on delete cascade
);
comment on table engineering.bom_line is 'A component of a revision. per_over / per_under is the exact quantity per unit, worked out when the line is saved.';
create index bom_line_component on engineering.bom_line (tenant_id, item_id);
call platform.fence('engineering.bom_line');

create table engineering.bom_alternate (
  tenant_id uuid not null,
  bom_id uuid not null,
  position integer not null,
  priority smallint not null check (priority between 1 and 99),
  item_id uuid not null references engineering.item,
  quantity numeric not null check (quantity > 0),
  uom text not null check (uom <> ''),
  per_over numeric not null check (per_over > 0),
  per_under numeric not null check (per_under > 0),
  primary key (tenant_id, bom_id, position, priority),
  unique (tenant_id, bom_id, position, item_id),
  foreign key (tenant_id, bom_id, position) references engineering.bom_line on delete cascade
);
comment on table engineering.bom_alternate is 'What may be taken instead of a line, priority 1 first.';
create index bom_alternate_component on engineering.bom_alternate (tenant_id, item_id);
call platform.fence('engineering.bom_alternate');

create table engineering.bom_by_product (
  tenant_id uuid not null,
  bom_id uuid not null,
  item_id uuid not null references engineering.item,
  quantity numeric not null check (quantity > 0),
  uom text not null check (uom <> ''),
  cost_share_percent numeric not null default 0 check (cost_share_percent >= 0 and cost_share_percent < 100),
  primary key (tenant_id, bom_id, item_id),
  foreign key (tenant_id, bom_id) references engineering.bom on delete cascade
);
comment on table engineering.bom_by_product is 'What comes out beside the product, and the share of the cost it bears.';
call platform.fence('engineering.bom_by_product');

create table engineering.change (
  tenant_id uuid not null,
  change_id uuid not null,
  number text not null check (number <> ''),
  title text not null check (title <> ''),
  reason text not null default '',
  state text not null default 'draft' check (state in ('draft', 'approved', 'effective', 'rejected')),
  effective_day date not null,
  created_by text not null,
  created_time timestamptz not null default now(),
  decided_by text,
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, change_id),
  unique (tenant_id, number)
);
comment on table engineering.change is 'Engineering change order: draft, approved, effective, or rejected; gives its revisions their day together.';
call platform.fence('engineering.change');

create table engineering.change_bom (
  tenant_id uuid not null,
  change_id uuid not null,
  bom_id uuid not null,
  primary key (tenant_id, change_id, bom_id),
  foreign key (tenant_id, change_id) references engineering.change on delete cascade,
  foreign key (tenant_id, bom_id) references engineering.bom
);
comment on table engineering.change_bom is 'Draft revisions of an engineering change.';
call platform.fence('engineering.change_bom');

-- Published: the structure of a day, for planning and production. `valid` ranges of revision and line
-- are both given, so that one read serves a horizon.
create view engineering.v_bom_line with (security_invoker = true) as
select b.tenant_id, b.item_id as product_id, b.bom_id, b.revision, l.position, l.item_id as component_id,
       l.per_over, l.per_under, l.step, l.consumption,
       greatest(b.valid_from, l.valid_from) as valid_from,
       least(b.valid_to, l.valid_to) as valid_to
  from engineering.bom b
  join engineering.bom_line l using (tenant_id, bom_id)
 where b.state = 'approved';
comment on view engineering.v_bom_line is
  'Lines of approved revisions: component quantity per unit of the product (per_over / per_under, scrap included), held on [valid_from, valid_to).';

create table engineering.work_center_rate (
  tenant_id uuid not null,
  -- In context equipment.
  work_center_id uuid not null,
  cost_per_hour numeric not null check (cost_per_hour >= 0),
  primary key (tenant_id, work_center_id)
);
comment on table engineering.work_center_rate is 'What an hour of a work center costs, company currency: machine, people and overhead.';
call platform.fence('engineering.work_center_rate');

alter table engineering.item
  -- Lot that a standard cost is for: setups are spread over it; null: they are left out.
  add column cost_lot_size numeric check (cost_lot_size > 0);
