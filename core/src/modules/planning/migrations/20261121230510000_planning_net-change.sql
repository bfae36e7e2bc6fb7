-- Up Migration
alter table planning.plan
  add column mode text not null default 'regenerative' check (mode in ('regenerative', 'net_change')),
  add column base_plan_id uuid,
  add column fallback text,
  add constraint plan_base foreign key (tenant_id, base_plan_id) references planning.plan on delete cascade,
  add constraint plan_net_change_check
    check ((mode = 'net_change') = (base_plan_id is not null) and (mode = 'regenerative' or kind = 'mrp'));
comment on column planning.plan.base_plan_id is
  'Of a net change: the plan that it brings up to date, whose rows it replaces; it has none of its own.';
comment on column planning.plan.fallback is 'Why a run that was asked for as net change planned everything anew.';
comment on table planning.plan is
  'A run of planning and, unless it was a net change, a version of a plan; the oldest are pruned.';
create index plan_base on planning.plan (tenant_id, base_plan_id) where base_plan_id is not null;

create table planning.plan_basis (
  tenant_id uuid not null,
  plan_id uuid not null,
  -- Decimals that the quantities of the plan were kept with.
  decimals smallint not null check (decimals between 0 and 6),
  -- The site's, by whose clock days were days.
  time_zone text not null,
  -- Numbers once given are never given to another order or message.
  last_order_number integer not null,
  last_message_number integer not null,
  -- How many net changes the rows went through.
  revision integer not null default 0 check (revision >= 0),
  updated_time timestamptz,
  changed_items integer,
  replanned_items integer,
  changed_orders integer,
  primary key (tenant_id, plan_id),
  foreign key (tenant_id, plan_id) references planning.plan on delete cascade,
  check (num_nonnulls(updated_time, changed_items, replanned_items, changed_orders) in (0, 4))
);
comment on table planning.plan_basis is
  'What an MRP plan stands on, so that a net change can go on from it, and what the last one did.';
call platform.fence('planning.plan_basis');

create table planning.plan_item (
  tenant_id uuid not null,
  plan_id uuid not null,
  item_id uuid not null,
  -- Of what the plan read about the item, and of where it is used; another one: something changed.
  fingerprint numeric not null,
  structure numeric not null,
  level integer not null check (level >= 0),
  points integer not null check (points > 0),
  needs integer not null check (needs >= 0),
  primary key (tenant_id, plan_id, item_id),
  foreign key (tenant_id, plan_id) references planning.plan_basis on delete cascade
);
comment on table planning.plan_item is
  'An item as an MRP plan read it: fingerprints of its input, low-level code, stocking points and needs.';
call platform.fence('planning.plan_item');

-- A net change takes the rows of a few items and puts others in their place.
create index planned_order_item on planning.planned_order (tenant_id, plan_id, item_id);
create index planned_order_meant on planning.planned_order (tenant_id, plan_id) where state <> 'proposed';
create index peg_item on planning.peg (tenant_id, plan_id, item_id);
create index action_message_item on planning.action_message (tenant_id, plan_id, item_id);
