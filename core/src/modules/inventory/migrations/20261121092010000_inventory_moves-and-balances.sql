-- Up Migration
create table inventory.stock_move (
  tenant_id uuid not null,
  -- Given by the poster: posting the same move again changes nothing.
  move_id uuid not null,
  -- Order of the list; numbers may be missing.
  position bigint generated always as identity,
  item_id uuid not null,
  lot_id uuid,
  from_location_id uuid not null,
  to_location_id uuid not null,
  quantity numeric not null check (quantity > 0),
  reason text not null,
  -- What it was for, such as work_order:<uuid>.
  reference text,
  reservation_id uuid,
  moved_time timestamptz not null,
  recorded_time timestamptz not null default now(),
  actor jsonb not null,
  primary key (tenant_id, move_id),
  check (from_location_id <> to_location_id)
);
-- No foreign keys here: every move changes two balances, and those carry them. Four checks per move
-- would cost more than the insert, and prove nothing more.
comment on table inventory.stock_move is
  'Append-only: every change of stock is one move from a location to another, in the UoM of the item. The sum over all locations is always 0.';
create index stock_move_newest on inventory.stock_move (tenant_id, position desc);
create index stock_move_item on inventory.stock_move (tenant_id, item_id, position desc);
create index stock_move_from on inventory.stock_move (tenant_id, from_location_id, position desc);
create index stock_move_to on inventory.stock_move (tenant_id, to_location_id, position desc);
create index stock_move_lot on inventory.stock_move (tenant_id, lot_id, position desc) where lot_id is not null;
call platform.fence('inventory.stock_move');

create function inventory.refuse_change() returns trigger
  language plpgsql
  as $$
begin
  raise exception 'a stock move is never changed: post the opposite move'
    using errcode = 'integrity_constraint_violation';
end
$$;
create trigger append_only before update or delete or truncate on inventory.stock_move
  for each statement execute function inventory.refuse_change();

create table inventory.balance (
  tenant_id uuid not null,
  location_id uuid not null,
  item_id uuid not null,
  lot_id uuid,
  -- A key cannot hold null, and stock without a lot has one balance per place.
  lot_key uuid not null generated always as (coalesce(lot_id, '00000000-0000-0000-0000-000000000000')) stored,
  quantity numeric not null default 0,
  -- Sum of what is left of open and picked reservations.
  reserved numeric not null default 0 check (reserved >= 0),
  allows_negative boolean not null,
  primary key (tenant_id, location_id, item_id, lot_key),
  foreign key (tenant_id, location_id) references inventory.location,
  foreign key (tenant_id, item_id) references inventory.stocked_item,
  foreign key (tenant_id, lot_id) references inventory.lot,
  constraint balance_not_negative check (allows_negative or quantity >= reserved)
)
-- Hot rows change often and no index holds what changes: room in the page keeps the updates in it.
with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
comment on table inventory.balance is
  'Projection of the moves: what lies where, per lot, in the UoM of the item. Written in the transaction of the moves; rebuildable.';
create index balance_item on inventory.balance (tenant_id, item_id, location_id);
create index balance_lot on inventory.balance (tenant_id, lot_id) where lot_id is not null;
call platform.fence('inventory.balance');

create table inventory.reservation (
  tenant_id uuid not null,
  -- Given by who reserves: reserving the same again changes nothing.
  reservation_id uuid not null,
  item_id uuid not null,
  location_id uuid not null,
  lot_id uuid,
  quantity numeric not null check (quantity > 0),
  consumed numeric not null default 0 check (consumed between 0 and quantity),
  state text not null default 'open' check (state in ('open', 'picked', 'consumed', 'released')),
  -- What it is for, such as work_order:<uuid>.
  reference text not null check (reference <> ''),
  created_time timestamptz not null default now(),
  primary key (tenant_id, reservation_id),
  foreign key (tenant_id, location_id) references inventory.location,
  foreign key (tenant_id, item_id) references inventory.stocked_item,
  foreign key (tenant_id, lot_id) references inventory.lot,
  check ((state = 'consumed') = (consumed = quantity))
);
comment on table inventory.reservation is
  'Stock in one place that is kept for one demand: nobody else can move it away.';
create index reservation_live on inventory.reservation (tenant_id, location_id, item_id)
  where state in ('open', 'picked');
create index reservation_reference on inventory.reservation (tenant_id, reference);
call platform.fence('inventory.reservation');

-- Published: what may be promised or taken now. Stock in bins, less what is reserved, of lots that are
-- released and not expired; stock without a lot is always of good quality.
create view inventory.v_available with (security_invoker = true) as
select b.tenant_id, b.item_id, b.location_id, b.lot_id, l.expires_time,
       b.quantity as on_hand, b.reserved, b.quantity - b.reserved as available
  from inventory.balance b
  join inventory.location place using (tenant_id, location_id)
  left join inventory.lot l using (tenant_id, lot_id)
 where place.kind = 'bin'
   and b.quantity > b.reserved
   and (b.lot_id is null
        or (l.status = 'released' and (l.expires_time is null or l.expires_time > now())));
comment on view inventory.v_available is
  'Stock that can be taken now, per item, bin and lot; read by planning, production and sales.';
