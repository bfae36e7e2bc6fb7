-- Up Migration
create schema equipment;
comment on schema equipment is 'ISA-95 hierarchy, edge nodes and what their metrics mean (context equipment).';

create table equipment.area (
  area_id uuid primary key,
  tenant_id uuid not null,
  site_id uuid not null,
  name text not null,
  unique (tenant_id, site_id, name)
);
comment on table equipment.area is 'Part of a site.';
call platform.fence('equipment.area');

create table equipment.work_center (
  work_center_id uuid primary key,
  tenant_id uuid not null,
  area_id uuid not null references equipment.area,
  name text not null,
  -- Order of the plant screen: the way of the material.
  display_order integer not null default 0,
  unique (tenant_id, area_id, name)
);
comment on table equipment.work_center is 'What is scheduled: a machine, line, cell or storage zone.';
call platform.fence('equipment.work_center');

create table equipment.work_unit (
  work_unit_id uuid primary key,
  tenant_id uuid not null,
  work_center_id uuid not null references equipment.work_center,
  name text not null,
  unique (tenant_id, work_center_id, name)
);
comment on table equipment.work_unit is 'The physical equipment behind a work center.';
call platform.fence('equipment.work_unit');

create table equipment.edge_node (
  group_id text not null,
  edge_node_id text not null check (edge_node_id <> '' and edge_node_id !~ '[+#/]'),
  tenant_id uuid not null,
  site_id uuid not null,
  -- MQTT user name is `<group_id>/<edge_node_id>`; the token is 256 random bits, so a plain digest is enough.
  token_sha256 bytea not null check (length(token_sha256) = 32),
  revoked_time timestamptz,
  primary key (group_id, edge_node_id)
);
comment on table equipment.edge_node is 'A gateway that may connect, and the digest of its token.';
call platform.fence('equipment.edge_node');

create table equipment.binding (
  binding_id uuid primary key,
  tenant_id uuid not null,
  work_unit_id uuid not null references equipment.work_unit,
  group_id text not null,
  edge_node_id text not null,
  device_id text not null,
  metric_name text not null,
  role text not null check (role in
    ('count.total', 'count.good', 'count.scrap', 'state', 'energy.total', 'level', 'weight', 'scan', 'process')),
  unit text not null default '',
  value_map jsonb not null default '{}',
  rollover_at numeric check (rollover_at > 0),
  -- Effective by source time; one metric has one meaning per role at a time.
  valid_from timestamptz not null,
  valid_to timestamptz not null default 'infinity' check (valid_to >= valid_from)
);
comment on table equipment.binding is 'What a metric means to the ERP, over source time.';
create unique index binding_current on equipment.binding (tenant_id, group_id, edge_node_id, device_id, metric_name, role)
  where valid_to = 'infinity';
create index binding_work_unit on equipment.binding (work_unit_id);
call platform.fence('equipment.binding');

-- Ingest serves all tenants of its cell: it reads these two functions and nothing else of this context.
create policy cell on equipment.edge_node for select to current_user using (true);
create policy cell on equipment.binding for select to current_user using (true);
create function equipment.cell_edge_nodes() returns setof equipment.edge_node
  language sql stable security definer set search_path = pg_catalog
  as $$ select * from equipment.edge_node where revoked_time is null $$;
create function equipment.cell_bindings() returns setof equipment.binding
  language sql stable security definer set search_path = pg_catalog
  as $$ select * from equipment.binding $$;

create view equipment.v_edge_node as select * from equipment.cell_edge_nodes();
comment on view equipment.v_edge_node is 'For ingest: every edge node that may connect, all tenants. Granted to mw_ingest only.';
create view equipment.v_binding as select * from equipment.cell_bindings();
comment on view equipment.v_binding is 'For ingest: every binding, all tenants, effective [valid_from, valid_to) by source time. Granted to mw_ingest only.';
