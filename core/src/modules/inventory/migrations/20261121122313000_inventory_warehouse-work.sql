-- Up Migration
create table inventory.transfer (
  tenant_id uuid not null,
  transfer_id uuid not null,
  number text not null check (number <> ''),
  state text not null default 'draft'
    check (state in ('draft', 'released', 'in_transit', 'partly_received', 'received', 'cancelled')),
  from_id uuid not null,
  to_id uuid not null check (to_id <> from_id),
  note text not null default '',
  created_time timestamptz not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, transfer_id),
  unique (tenant_id, number),
  foreign key (tenant_id, from_id) references inventory.location,
  foreign key (tenant_id, to_id) references inventory.location
);
comment on table inventory.transfer is 'Stock that goes from one warehouse to another by way of the in-transit location.';
call platform.fence('inventory.transfer');

create table inventory.transfer_line (
  tenant_id uuid not null,
  transfer_id uuid not null,
  item_id uuid not null,
  quantity numeric not null check (quantity > 0),
  shipped numeric not null default 0 check (shipped >= 0),
  received numeric not null default 0 check (received >= 0),
  -- Booked out of in-transit because it never arrived.
  lost numeric not null default 0 check (lost >= 0),
  primary key (tenant_id, transfer_id, item_id),
  foreign key (tenant_id, transfer_id) references inventory.transfer on delete cascade,
  foreign key (tenant_id, item_id) references inventory.stocked_item,
  check (shipped <= quantity),
  check (received + lost <= shipped)
);
comment on table inventory.transfer_line is 'An item of a transfer: asked, sent, arrived, lost; in its unit. What is in transit is shipped - received - lost.';
call platform.fence('inventory.transfer_line');

create table inventory.cycle_count (
  tenant_id uuid not null,
  count_id uuid not null,
  number text not null check (number <> ''),
  location_id uuid not null,
  state text not null default 'open' check (state in ('open', 'counted', 'posted', 'cancelled')),
  -- Who counts, as an actor id: nobody else may report.
  counter_id text,
  counted_by text,
  counted_time timestamptz,
  created_time timestamptz not null default now(),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, count_id),
  unique (tenant_id, number),
  foreign key (tenant_id, location_id) references inventory.location,
  check ((counter_id is null) = (counted_by is null))
);
comment on table inventory.cycle_count is 'Blind count of one bin; the difference becomes adjustment moves.';
-- Two people counting one bin would each book the other''s difference.
create unique index cycle_count_one_per_bin on inventory.cycle_count (tenant_id, location_id)
  where state in ('open', 'counted');
call platform.fence('inventory.cycle_count');

create table inventory.cycle_count_line (
  tenant_id uuid not null,
  count_id uuid not null,
  item_id uuid not null,
  lot_id uuid,
  counted numeric not null check (counted >= 0),
  -- The books at the moment of the count.
  expected numeric not null,
  unique nulls not distinct (tenant_id, count_id, item_id, lot_id),
  foreign key (tenant_id, count_id) references inventory.cycle_count on delete cascade,
  foreign key (tenant_id, item_id) references inventory.stocked_item,
  foreign key (tenant_id, lot_id) references inventory.lot
);
comment on table inventory.cycle_count_line is 'What was found and what the books said then, per item and lot.';
call platform.fence('inventory.cycle_count_line');

create table inventory.document_number (
  tenant_id uuid not null,
  kind text not null check (kind in ('transfer', 'cycle_count')),
  last integer not null check (last > 0),
  primary key (tenant_id, kind)
);
comment on table inventory.document_number is 'Last number given to a kind of document.';
call platform.fence('inventory.document_number');

-- What is still on the truck is the sum of a transfer's own moves; other moves do not pay for the index.
create index stock_move_transfer on inventory.stock_move (tenant_id, reference) where reference like 'transfer:%';
