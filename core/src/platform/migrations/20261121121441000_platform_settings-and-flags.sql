-- Up Migration
create table platform.process_config (
  process text not null check (length(process) between 1 and 60),
  -- Host name and process id.
  instance text not null check (length(instance) between 1 and 300),
  version text not null,
  started_time timestamptz not null default now(),
  seen_time timestamptz not null default now(),
  -- Name, value (secrets masked by the process itself), source and description of each setting.
  settings jsonb not null check (jsonb_typeof(settings) = 'array'),
  primary key (process, instance)
);
comment on table platform.process_config is
  'What each process of core runs with, told by itself; belongs to the installation. Ingest tells its own in telemetry.ingest_status.';

create table platform.tenant_setting (
  tenant_id uuid not null,
  -- As declared in platform/config/setting-registry.ts; one that is no longer declared is ignored.
  name text not null check (name ~ '^[a-z][a-z0-9_.]{0,99}$'),
  value jsonb not null,
  version integer not null default 1 check (version > 0),
  changed_time timestamptz not null default now(),
  changed_by text not null,
  primary key (tenant_id, name)
);
comment on table platform.tenant_setting is
  'What a tenant decided differently from the default. The history is in the event log (record.changed).';
call platform.fence('platform.tenant_setting');

create table platform.feature_flag (
  tenant_id uuid not null,
  flag text not null check (flag ~ '^[a-z][a-z0-9_.]{0,99}$'),
  is_on boolean not null,
  -- Of the people, by a stable hash; beside them everybody of these roles and sites.
  percentage numeric(5, 2) not null check (percentage between 0 and 100),
  roles text[] not null check (cardinality(roles) <= 100),
  site_ids uuid[] not null check (cardinality(site_ids) <= 100),
  version integer not null default 1 check (version > 0),
  changed_time timestamptz not null default now(),
  changed_by text not null,
  primary key (tenant_id, flag)
);
comment on table platform.feature_flag is
  'For whom a tenant turned a feature on. A flag without a row is off.';
call platform.fence('platform.feature_flag');

create table platform.tenant_copy (
  tenant_id uuid not null,
  topic text not null check (topic in ('setting', 'flag')),
  -- Moves with every change of the topic's table: what a process holds is compared with it.
  version bigint not null check (version > 0),
  primary key (tenant_id, topic)
);
comment on table platform.tenant_copy is
  'Versions of what every process keeps a copy of, per tenant; moved by trigger.';
call platform.fence('platform.tenant_copy');

-- The version moves by itself, also when an administrator edits the tables by hand.
create function platform.tenant_copy_changed() returns trigger
  language plpgsql
  as $$
begin
  insert into platform.tenant_copy (tenant_id, topic, version)
  values (platform.tenant_id(), tg_argv[0], 1)
  on conflict (tenant_id, topic) do update set version = platform.tenant_copy.version + 1;
  -- The channel on which processes wake up to look whether there is news; it says no more than that.
  perform pg_notify('event', tg_argv[0]);
  return null;
end
$$;
create trigger tenant_copy_changed after insert or update or delete on platform.tenant_setting
  for each statement execute function platform.tenant_copy_changed('setting');
create trigger tenant_copy_changed after insert or update or delete on platform.feature_flag
  for each statement execute function platform.tenant_copy_changed('flag');

-- Every process asks for the tenants it holds, without being any of them: whether something changed,
-- never what.
create policy version_reader on platform.tenant_copy for select to current_user using (true);
create function platform.tenant_copy_versions(of_topic text, tenants uuid[])
  returns table (tenant_id uuid, version bigint)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select c.tenant_id, c.version
    from platform.tenant_copy c
   where c.topic = of_topic and c.tenant_id = any (tenants)
$$;
