-- Up Migration
create schema inventory;
comment on schema inventory is 'Where stock lies, how it moved, what is kept for whom (context inventory).';

create table inventory.location (
  tenant_id uuid not null,
  location_id uuid not null,
  parent_id uuid,
  kind text not null check (kind in (
    'site', 'warehouse', 'zone', 'bin',
    'supplier', 'customer', 'production', 'scrap', 'adjustment', 'in_transit')),
  code text not null check (code <> ''),
  name text not null check (name <> ''),
  -- Fixed for life: every balance of the location carries a copy under its own check.
  allows_negative boolean not null,
  primary key (tenant_id, location_id),
  unique (tenant_id, code),
  foreign key (tenant_id, parent_id) references inventory.location,
  check (parent_id <> location_id),
  check ((kind in ('warehouse', 'zone', 'bin')) <= (parent_id is not null))
);
comment on table inventory.location is
  'Tree of places (site, warehouse, zone, bin) and the virtual ones that stock comes from and goes to.';
create index location_children on inventory.location (tenant_id, parent_id);
call platform.fence('inventory.location');

create table inventory.stocked_item (
  tenant_id uuid not null,
  item_id uuid not null,
  -- Copies of engineering's words, for lists and refusals.
  number text not null check (number <> ''),
  uom text not null check (uom <> ''),
  tracking text not null check (tracking in ('none', 'lot', 'serial')),
  uom_decimals smallint not null check (uom_decimals between 0 and 6),
  is_fixed boolean not null default false,
  primary key (tenant_id, item_id),
  check (tracking <> 'serial' or uom_decimals = 0)
);
comment on table inventory.stocked_item is
  'How an item is kept in stock: by lot, by serial or by quantity alone, and to how many decimals. Fixed with its first move, because the books rely on it.';
call platform.fence('inventory.stocked_item');

create table inventory.lot (
  tenant_id uuid not null,
  lot_id uuid not null,
  item_id uuid not null,
  number text not null check (number <> ''),
  status text not null check (status in ('quarantine', 'released', 'blocked')),
  -- Not available from this instant on; null = keeps for ever.
  expires_time timestamptz,
  version integer not null default 1 check (version > 0),
  created_time timestamptz not null default now(),
  primary key (tenant_id, lot_id),
  unique (tenant_id, item_id, number),
  foreign key (tenant_id, item_id) references inventory.stocked_item
);
comment on table inventory.lot is
  'A lot of an item, or one serial-tracked piece of it (a lot of one), with its quality status.';
create index lot_number on inventory.lot (tenant_id, number);
call platform.fence('inventory.lot');
