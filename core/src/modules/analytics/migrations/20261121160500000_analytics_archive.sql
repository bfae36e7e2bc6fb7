-- Up Migration
create schema analytics;
comment on schema analytics is 'What was archived to Parquet, and for how long raw rows are kept (context analytics).';

create table analytics.archive_file (
  tenant_id uuid not null,
  dataset text not null check (dataset in ('sample', 'machine_time')),
  -- Of UTC.
  day date not null,
  -- Below the archive folder: <dataset>/tenant=<id>/day=<day>/<name>.parquet, verified before this row was written.
  file text not null,
  rows bigint not null check (rows >= 0),
  -- Sum over the rows of the first 60 bits of their MD5; the same in PostgreSQL and DuckDB.
  checksum numeric not null,
  bytes bigint not null check (bytes > 0),
  -- Of telemetry.changed_day when the rows were read; 0 for machine_time.
  version bigint not null,
  written_time timestamptz not null default now(),
  -- When the rows left the database; null: they are there as well.
  dropped_time timestamptz,
  primary key (tenant_id, dataset, day)
);
comment on table analytics.archive_file is 'The manifest: which verified Parquet file holds a day of a tenant.';
call platform.fence('analytics.archive_file');
-- For drop_archived_samples, which looks at all tenants of a chunk.
create policy installation_reads on analytics.archive_file for select to current_user using (true);
create policy installation_marks on analytics.archive_file for update to current_user using (true);

create table analytics.metric_retention (
  tenant_id uuid not null,
  metric_id bigint not null,
  raw_days integer not null check (raw_days between 1 and 4000),
  version integer not null default 1,
  primary key (tenant_id, metric_id)
);
comment on table analytics.metric_retention is 'Metrics whose raw rows are kept for another time than the company''s default.';
call platform.fence('analytics.metric_retention');

create view telemetry.v_changed_day as
  select tenant_id, day, version
    from telemetry.changed_day
   where tenant_id = platform.tenant_id();
comment on view telemetry.v_changed_day is 'Days of UTC that have raw rows of the tenant, and how often they were seen to change.';

-- Whether every change of the day's raw rows is counted in changed_day: no mark of it waits.
create function telemetry.is_day_settled(asked date) returns boolean
  language sql stable security definer set search_path = pg_catalog
  as $$
  select not exists (
    select from telemetry.rollup_mark m cross join lateral unnest(m.minutes) u (minute)
     where u.minute >= extract(epoch from asked::timestamp) / 60
       and u.minute < extract(epoch from (asked + 1)::timestamp) / 60)
$$;

-- Writes the manifest row of a sample file, if the rows it was made from are still what the database
-- holds; false: they changed, make it again. Rows of metrics whose raw rows were dropped before came
-- late: they are in the file now and go. Nobody writes samples meanwhile (milliseconds).
create function analytics.settle_sample_day(
  asked date, file text, rows bigint, checksum numeric, bytes bigint, version bigint) returns boolean
  language plpgsql security definer set search_path = pg_catalog
  as $$
begin
  set local lock_timeout = '10s';
  lock table telemetry.sample in share row exclusive mode;
  if not telemetry.is_day_settled(asked)
     or settle_sample_day.version is distinct from (
          select d.version from telemetry.changed_day d
           where d.tenant_id = platform.tenant_id() and d.day = asked) then
    return false;
  end if;
  insert into analytics.archive_file as f (tenant_id, dataset, day, file, rows, checksum, bytes, version)
  values (platform.tenant_id(), 'sample', asked, settle_sample_day.file, settle_sample_day.rows,
          settle_sample_day.checksum, settle_sample_day.bytes, settle_sample_day.version)
  on conflict (tenant_id, dataset, day) do update
     set (file, rows, checksum, bytes, version, written_time)
       = (excluded.file, excluded.rows, excluded.checksum, excluded.bytes, excluded.version, now());
  delete from telemetry.sample s
   using telemetry.metric m
   where m.tenant_id = platform.tenant_id()
     and m.raw_from >= (asked + 1)::timestamp at time zone 'UTC'
     and s.metric_id = m.metric_id
     and s.source_time >= asked::timestamp at time zone 'UTC'
     and s.source_time < (asked + 1)::timestamp at time zone 'UTC';
  return true;
end
$$;

-- Removes the raw rows of one metric before a day, as far as every day since raw_from is archived as it
-- is now: asked for one day further at a time, each call is short. Returns the day before which they are
-- gone. What came late for days before raw_from is not its: settle_sample_day takes it away.
create function analytics.forget_metric(asked_metric bigint, before date) returns date
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  from_day date;
  until date;
begin
  set local lock_timeout = '10s';
  lock table telemetry.sample in share row exclusive mode;
  select coalesce((raw_from at time zone 'UTC')::date, '-infinity') into from_day
    from telemetry.metric
   where metric_id = asked_metric and tenant_id = platform.tenant_id();
  if not found then
    raise exception 'metric % is none of the tenant', asked_metric;
  end if;
  select least(before, min(d.day)) into until
    from telemetry.changed_day d
    left join analytics.archive_file f
      on f.tenant_id = d.tenant_id and f.dataset = 'sample' and f.day = d.day
   where d.tenant_id = platform.tenant_id()
     and d.day >= from_day and d.day < before
     and f.version is distinct from d.version;
  -- Days whose rows are only marked yet.
  select least(until, min(date '1970-01-01' + u.minute / 1440)) into until
    from telemetry.rollup_mark m cross join lateral unnest(m.minutes) u (minute)
   where date '1970-01-01' + u.minute / 1440 >= from_day;
  update telemetry.metric
     set raw_from = greatest(raw_from, until::timestamp at time zone 'UTC')
   where metric_id = asked_metric;
  delete from telemetry.sample
   where metric_id = asked_metric
     and source_time >= from_day::timestamp at time zone 'UTC'
     and source_time < until::timestamp at time zone 'UTC';
  return until;
end
$$;

-- Chunks (partitions) of telemetry.sample with their range. The default partition counts by weeks, like
-- every other one: what of it may go does not depend on which partitions were made when.
create function telemetry.sample_chunks()
  returns table (name regclass, from_time timestamptz, to_time timestamptz, is_default boolean)
  language plpgsql stable security definer set search_path = pg_catalog
  as $$
begin
  if exists (select from pg_extension where extname = 'timescaledb') then
    return query execute $sql$
      select format('%I.%I', chunk_schema, chunk_name)::regclass, range_start, range_end, false
        from timescaledb_information.chunks
       where hypertable_schema = 'telemetry' and hypertable_name = 'sample' $sql$;
    return;
  end if;
  return query
    select c.oid::regclass,
           to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp at time zone 'UTC',
           (to_date(right(c.relname, 8), 'YYYYMMDD') + 7)::timestamp at time zone 'UTC', false
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'telemetry.sample'::regclass and c.relname ~ '^sample_\d{8}$';
  return query execute $sql$
    select distinct 'telemetry.sample_beyond'::regclass, date_trunc('week', source_time, 'UTC'),
           date_trunc('week', source_time, 'UTC') + interval '7 days', true
      from telemetry.sample_beyond $sql$;
end
$$;

-- Drops the oldest chunks that lie before a day and whose every day of every tenant is archived as it is
-- now, at most ten; returns their names. It ends at the first that may not go: raw_from says that
-- everything before it is only in files, so that no newer chunk may go before an older one.
create function analytics.drop_archived_samples(before date) returns text[]
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  chunk record;
  dropped text[] := '{}';
  has_timescale boolean := exists (select from pg_extension where extname = 'timescaledb');
begin
  set local lock_timeout = '10s';
  lock table telemetry.sample in share row exclusive mode;
  for chunk in select * from telemetry.sample_chunks() order by from_time limit 10 loop
    exit when chunk.to_time > before::timestamp at time zone 'UTC';
    exit when exists (
      select from telemetry.changed_day d
        left join analytics.archive_file f
          on f.tenant_id = d.tenant_id and f.dataset = 'sample' and f.day = d.day
       where d.day >= (chunk.from_time at time zone 'UTC')::date
         and d.day < (chunk.to_time at time zone 'UTC')::date
         and (f.version is distinct from d.version or not telemetry.is_day_settled(d.day)));
    -- Days whose very first rows are only marked yet.
    exit when exists (
      select from generate_series(chunk.from_time, chunk.to_time - interval '1 day', interval '1 day') d
       where not telemetry.is_day_settled((d at time zone 'UTC')::date));
    -- Before it goes: afterwards the name is only a number.
    dropped := dropped || chunk.name::text;
    if chunk.is_default then
      execute format('delete from %s where source_time >= %L and source_time < %L',
                     chunk.name, chunk.from_time, chunk.to_time);
    elsif has_timescale then
      execute format('select public.drop_chunks(%L, older_than => %L::timestamptz, newer_than => %L::timestamptz)',
                     'telemetry.sample', chunk.to_time, chunk.from_time);
    else
      execute format('drop table %s', chunk.name);
    end if;
    update telemetry.metric set raw_from = greatest(raw_from, chunk.to_time);
    update analytics.archive_file
       set dropped_time = now()
     where dataset = 'sample' and dropped_time is null
       and day >= (chunk.from_time at time zone 'UTC')::date
       and day < (chunk.to_time at time zone 'UTC')::date;
  end loop;
  return dropped;
end
$$;
