-- Up Migration
create schema identity;
comment on schema identity is 'Tenants, sites, users (context identity).';

create table identity.tenant (
  tenant_id uuid primary key,
  name text not null,
  created_time timestamptz not null default now()
);
comment on table identity.tenant is 'One company: the root of all data.';
call platform.fence('identity.tenant');

create table identity.site (
  site_id uuid primary key,
  tenant_id uuid not null references identity.tenant,
  name text not null,
  time_zone text not null default 'UTC',
  -- Start of the production day, site time (DOMAIN.md).
  day_start time not null default '06:00',
  -- A Sparkplug group is unique in the installation and belongs to one site of one tenant.
  group_id text not null unique check (group_id <> '' and group_id !~ '[+#/]'),
  unique (tenant_id, name)
);
comment on table identity.site is 'A plant of a tenant; its Sparkplug group routes telemetry to it.';
call platform.fence('identity.site');
