-- Up Migration
create table planning.item_site (
  tenant_id uuid not null,
  item_id uuid not null,
  -- In context inventory.
  site_id uuid not null,
  supply text not null check (supply in ('make', 'buy', 'transfer')),
  from_site_id uuid,
  lead_days integer not null check (lead_days between 0 and 3653),
  safety_stock numeric not null check (safety_stock >= 0),
  -- As contracts' lotRuleSchema has it.
  lot_rule jsonb not null check (lot_rule ? 'rule'),
  primary key (tenant_id, item_id, site_id),
  foreign key (tenant_id, item_id) references planning.item_policy on delete cascade,
  check ((supply = 'transfer') = (from_site_id is not null)),
  check (from_site_id <> site_id)
);
comment on table planning.item_site is 'A site that an item is planned at by itself; all other stock and needs of the item are planned as one.';
call platform.fence('planning.item_site');

create table planning.work_order_site (
  tenant_id uuid not null,
  -- In context production.
  work_order_id uuid not null,
  site_id uuid not null,
  primary key (tenant_id, work_order_id)
);
comment on table planning.work_order_site is 'For which site planning made a work order; absent: for none by itself.';
call platform.fence('planning.work_order_site');

alter table planning.demand add column site_id uuid;
comment on column planning.demand.site_id is 'Where it is needed, in context inventory; null: anywhere.';
alter table planning.purchase_proposal add column site_id uuid;
comment on column planning.purchase_proposal.site_id is 'Where it shall arrive; null: anywhere.';

alter table planning.planned_order
  add column site_id uuid,
  add column from_site_id uuid,
  -- In context inventory.
  add column transfer_id uuid,
  drop constraint planned_order_kind_check,
  drop constraint planned_order_check,
  drop constraint planned_order_check1,
  add constraint planned_order_kind_check check (kind in ('make', 'buy', 'phantom', 'transfer')),
  add constraint planned_order_transfer_check check ((kind = 'transfer') = (from_site_id is not null)),
  add constraint planned_order_became_check
    check ((state = 'proposed') = (num_nonnulls(work_order_id, purchase_proposal_id, transfer_id) = 0)),
  add constraint planned_order_once_check
    check (num_nonnulls(work_order_id, purchase_proposal_id, transfer_id) <= 1);
create unique index planned_order_transfer on planning.planned_order (tenant_id, transfer_id)
  where transfer_id is not null;

alter table planning.peg
  add column site_id uuid,
  drop constraint peg_supply_kind_check,
  drop constraint peg_need_kind_check,
  add constraint peg_supply_kind_check check (supply_kind in
    ('order', 'by_product', 'work_order', 'purchase_proposal', 'transfer', 'on_hand')),
  add constraint peg_need_kind_check check (need_kind in
    ('order', 'work_order', 'transfer', 'demand', 'safety_stock'));
comment on column planning.peg.site_id is 'Where the item is needed and there; null: planned for all sites as one.';

alter table planning.action_message
  add column site_id uuid,
  add column transfer_id uuid,
  drop constraint action_message_check,
  add constraint action_message_about_check
    check (num_nonnulls(order_number, work_order_id, purchase_proposal_id, transfer_id) = 1);
