-- Up Migration
create schema planning;
comment on schema planning is 'What is asked for, and plans that answer it (context planning).';

create table planning.item_policy (
  tenant_id uuid not null,
  -- In context engineering.
  item_id uuid not null,
  lead_days integer not null check (lead_days between 0 and 3653),
  safety_lead_days integer not null check (safety_lead_days between 0 and 3653),
  safety_stock numeric not null check (safety_stock >= 0),
  yield_percent numeric not null check (yield_percent > 0 and yield_percent <= 100),
  -- As contracts' lotRuleSchema has it.
  lot_rule jsonb not null check (lot_rule ? 'rule'),
  planning_fence_days integer check (planning_fence_days between 0 and 3653),
  demand_fence_days integer check (demand_fence_days between 0 and 3653),
  primary key (tenant_id, item_id)
);
comment on table planning.item_policy is 'What MRP plans an item with; an item without one has the defaults of its kind.';
call platform.fence('planning.item_policy');

create table planning.demand (
  tenant_id uuid not null,
  demand_id uuid not null,
  kind text not null check (kind in ('sales_order', 'forecast')),
  item_id uuid not null,
  quantity numeric not null check (quantity > 0),
  due_day date not null,
  reference text not null default '',
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, demand_id)
);
comment on table planning.demand is 'What is asked for from outside, until sales orders and forecasts have contexts of their own.';
create index demand_due on planning.demand (tenant_id, due_day, demand_id);
call platform.fence('planning.demand');

create table planning.plan (
  tenant_id uuid not null,
  plan_id uuid not null,
  kind text not null check (kind in ('mrp', 'schedule')),
  name text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  is_what_if boolean not null,
  -- The input of the request: contracts' mrpRunInputSchema or scheduleInputSchema.
  parameters jsonb not null,
  progress_done double precision not null default 0,
  progress_total double precision not null default 0,
  progress_note text not null default '',
  failure text,
  start_day date not null,
  requested_time timestamptz not null,
  finished_time timestamptz,
  summary jsonb not null default '{}',
  findings jsonb not null default '[]',
  finding_count integer not null default 0 check (finding_count >= 0),
  primary key (tenant_id, plan_id),
  check ((state = 'failed') = (failure is not null))
);
comment on table planning.plan is 'A version of a plan: made once, never overwritten; the oldest are pruned.';
create index plan_newest on planning.plan (tenant_id, kind, plan_id desc);
call platform.fence('planning.plan');

create table planning.purchase_proposal (
  tenant_id uuid not null,
  purchase_proposal_id uuid not null,
  item_id uuid not null,
  quantity numeric not null check (quantity > 0),
  start_day date not null,
  due_day date not null,
  state text not null check (state in ('firmed', 'released', 'closed')),
  primary key (tenant_id, purchase_proposal_id)
);
comment on table planning.purchase_proposal is 'A bought planned order that was firmed or released: plans count on it until it is closed.';
create index purchase_proposal_open on planning.purchase_proposal (tenant_id, item_id) where state <> 'closed';
call platform.fence('planning.purchase_proposal');

create table planning.planned_order (
  tenant_id uuid not null,
  plan_id uuid not null,
  order_number integer not null check (order_number > 0),
  item_id uuid not null,
  kind text not null check (kind in ('make', 'buy', 'phantom')),
  quantity numeric not null check (quantity > 0),
  start_day date not null,
  due_day date not null,
  late_days integer not null check (late_days >= 0),
  state text not null default 'proposed' check (state in ('proposed', 'firmed', 'released')),
  -- In context production.
  work_order_id uuid,
  purchase_proposal_id uuid,
  primary key (tenant_id, plan_id, order_number),
  foreign key (tenant_id, plan_id) references planning.plan on delete cascade,
  foreign key (tenant_id, purchase_proposal_id) references planning.purchase_proposal,
  check ((state = 'proposed') = (work_order_id is null and purchase_proposal_id is null)),
  check (work_order_id is null or purchase_proposal_id is null)
);
comment on table planning.planned_order is 'An order of a plan; what it was firmed or released into stands beside it.';
create unique index planned_order_work_order on planning.planned_order (tenant_id, work_order_id)
  where work_order_id is not null;
create index planned_order_proposal on planning.planned_order (tenant_id, purchase_proposal_id)
  where purchase_proposal_id is not null;
call platform.fence('planning.planned_order');

create table planning.peg (
  tenant_id uuid not null,
  plan_id uuid not null,
  item_id uuid not null,
  quantity numeric not null check (quantity > 0),
  supply_kind text not null check (supply_kind in ('order', 'work_order', 'purchase_proposal', 'on_hand')),
  supply_order integer,
  -- Work order or proposal.
  supply_reference uuid,
  supply_day date,
  need_kind text not null check (need_kind in ('order', 'work_order', 'demand', 'safety_stock')),
  need_order integer,
  -- Work order or demand; null for a demand of a what-if.
  need_reference uuid,
  need_label text not null default '',
  need_day date not null,
  foreign key (tenant_id, plan_id) references planning.plan on delete cascade,
  check ((supply_kind = 'order') = (supply_order is not null)),
  check ((need_kind = 'order') = (need_order is not null))
);
comment on table planning.peg is 'A quantity of an item that one supply brings for one need.';
create index peg_supply on planning.peg (tenant_id, plan_id, supply_order);
create index peg_need on planning.peg (tenant_id, plan_id, need_order);
create index peg_supply_reference on planning.peg (tenant_id, plan_id, supply_reference)
  where supply_reference is not null;
create index peg_need_reference on planning.peg (tenant_id, plan_id, need_reference)
  where need_reference is not null;
call platform.fence('planning.peg');

create table planning.action_message (
  tenant_id uuid not null,
  plan_id uuid not null,
  message_number integer not null check (message_number > 0),
  action text not null check (action in
    ('release', 'expedite', 'defer', 'increase', 'decrease', 'cancel', 'past_due')),
  item_id uuid not null,
  order_number integer,
  work_order_id uuid,
  purchase_proposal_id uuid,
  from_day date,
  to_day date,
  to_quantity numeric,
  primary key (tenant_id, plan_id, message_number),
  foreign key (tenant_id, plan_id) references planning.plan on delete cascade,
  check (num_nonnulls(order_number, work_order_id, purchase_proposal_id) = 1)
);
comment on table planning.action_message is 'What a planner should do about a planned order or an open order.';
call platform.fence('planning.action_message');

create table planning.scheduled_operation (
  tenant_id uuid not null,
  plan_id uuid not null,
  -- In context production.
  work_order_id uuid not null,
  step integer not null,
  work_order_number text not null,
  item_number text not null,
  name text not null,
  -- In context equipment.
  work_center_id uuid not null,
  starts timestamptz not null,
  ends timestamptz not null check (ends >= starts),
  is_fixed boolean not null,
  primary key (tenant_id, plan_id, work_order_id, step),
  foreign key (tenant_id, plan_id) references planning.plan on delete cascade
);
comment on table planning.scheduled_operation is 'Where and when an operation is planned; texts as they were then.';
call platform.fence('planning.scheduled_operation');

create table planning.late_order (
  tenant_id uuid not null,
  plan_id uuid not null,
  work_order_id uuid not null,
  work_order_number text not null,
  item_number text not null,
  late_minutes integer not null check (late_minutes > 0),
  -- The longest wait first, as contracts' ganttSchema has them.
  reasons jsonb not null,
  primary key (tenant_id, plan_id, work_order_id),
  foreign key (tenant_id, plan_id) references planning.plan on delete cascade
);
comment on table planning.late_order is 'An order that the schedule ends too late, and what its work waited for.';
call platform.fence('planning.late_order');
