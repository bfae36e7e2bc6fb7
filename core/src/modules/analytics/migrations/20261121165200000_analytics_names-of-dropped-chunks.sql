-- Up Migration
-- As before, but it tells what it dropped by name on every server.
create or replace function analytics.drop_archived_samples(before date) returns text[]
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  chunk record;
  dropped text[] := '{}';
  has_timescale boolean := exists (select from pg_extension where extname = 'timescaledb');
begin
  set local lock_timeout = '10s';
  lock table telemetry.sample in share row exclusive mode;
  for chunk in select * from telemetry.sample_chunks()
                where to_time <= before::timestamp at time zone 'UTC' limit 10 loop
    continue when exists (
      select from telemetry.changed_day d
        left join analytics.archive_file f
          on f.tenant_id = d.tenant_id and f.dataset = 'sample' and f.day = d.day
       where d.day >= (chunk.from_time at time zone 'UTC')::date
         and d.day < (chunk.to_time at time zone 'UTC')::date
         and (f.version is distinct from d.version or not telemetry.is_day_settled(d.day)));
    -- Days whose very first rows are only marked yet.
    continue when exists (
      select from generate_series(chunk.from_time, chunk.to_time - interval '1 day', interval '1 day') d
       where not telemetry.is_day_settled((d at time zone 'UTC')::date));
    -- Before it goes: afterwards the name is only a number.
    dropped := dropped || chunk.name::text;
    if chunk.is_default then
      execute format('delete from %s where source_time < %L', chunk.name, chunk.to_time);
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
