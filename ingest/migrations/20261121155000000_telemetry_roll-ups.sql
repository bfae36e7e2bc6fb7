-- Up Migration
-- Roll-ups of our own: the Apache edition of TimescaleDB has no continuous aggregates, plain PostgreSQL
-- none either (decision 0014). What a batch touched is marked in the transaction of its samples, so a
-- bucket is folded anew from the raw rows whenever one of them came, however late.
create table telemetry.rollup_mark (
  rollup_mark_id bigint generated always as identity primary key,
  metric_ids bigint[] not null,
  -- Minutes since 1970-01-01 UTC, one for each metric id.
  minutes integer[] not null check (cardinality(minutes) = cardinality(metric_ids))
);
comment on table telemetry.rollup_mark is
  'Metrics and minutes whose raw rows changed since the roll-ups were folded; one row a batch, removed by roll_up.';

-- What is there already is due once, a mark an hour.
insert into telemetry.rollup_mark (metric_ids, minutes)
select array_agg(metric_id), array_agg(minute)
  from (select distinct metric_id, floor(extract(epoch from source_time) / 60)::integer as minute
          from telemetry.sample) known
 group by minute / 60;

create table telemetry.sample_1m (
  metric_id bigint not null,
  bucket timestamptz not null,
  -- Of good readings (quality 64 and 192) that are numbers; 0: there were only others.
  readings integer not null check (readings >= 0),
  min_value double precision,
  max_value double precision,
  avg_value double precision,
  first_value double precision,
  last_value double precision,
  -- What a counter went on by from its first to its last reading here; a reset counts from 0.
  increase double precision not null check (increase >= 0),
  -- Whether the last reading was good: after one that was not, the value is unknown.
  ends_good boolean not null,
  primary key (metric_id, bucket)
) with (fillfactor = 90);
comment on table telemetry.sample_1m is
  'Readings by minute, a pure function of the raw rows of [bucket, bucket + 1 min). From one bucket to the next a counter goes from last_value to first_value.';

create table telemetry.sample_1h (like telemetry.sample_1m including all);
comment on table telemetry.sample_1h is 'Readings by hour of UTC: the fold of sample_1m.';

create table telemetry.changed_day (
  tenant_id uuid not null,
  day date not null,
  version bigint not null default 1,
  primary key (tenant_id, day)
);
comment on table telemetry.changed_day is
  'How often the raw rows of a day (UTC) of a tenant were seen to change: who took a copy knows by it whether the copy is still whole.';

-- Null: nothing was dropped. Late rows below it stay out of the roll-ups: the rows they belong to are gone from here.
alter table telemetry.metric add column raw_from timestamptz;
comment on column telemetry.metric.raw_from is 'Raw rows before it were dropped after they were archived.';

-- Non-negative travel of a counter between two readings, without a known rollover.
create function telemetry.counter_travel(from_value double precision, to_value double precision)
  returns double precision
  language sql immutable parallel safe
  return case
    when from_value is null or to_value is null then 0
    when to_value >= from_value then to_value - from_value
    else greatest(to_value, 0)
  end;

-- Folds the buckets of marked minutes anew, oldest marks first, about `buckets_max` of them; returns how
-- many minutes were due, 0 when nothing is or another process is at it. Safe to repeat. The bound is one
-- on buckets, not on marks: ten batches a second mark the same minute a hundred times before it is folded.
create function telemetry.roll_up(buckets_max integer) returns integer
  language plpgsql set search_path = pg_catalog
  as $$
declare
  metric_ids bigint[];
  minutes integer[];
begin
  -- Two of them could write an older fold over a newer one.
  if not pg_try_advisory_xact_lock(4711, 6) then
    return 0;
  end if;
  -- Every batch marks the minute of now again: it is folded once, however many marks it has.
  with marks as (
    select *
      from (select m.*, sum(cardinality(m.minutes)) over (order by rollup_mark_id)
                        - cardinality(m.minutes) as pairs_before
              from (select * from telemetry.rollup_mark order by rollup_mark_id limit 10000) m) m
     where pairs_before < 40 * buckets_max
  ), fresh as (
    select first_mark, count(*) as buckets
      from (select min(rollup_mark_id) as first_mark
              from marks cross join lateral unnest(marks.metric_ids, marks.minutes) u (metric_id, minute)
             group by metric_id, minute) pair
     group by first_mark
  ), waiting as (
    select rollup_mark_id,
           coalesce(sum(buckets) over (order by rollup_mark_id), 0) - coalesce(buckets, 0) as before
      from marks left join fresh on first_mark = rollup_mark_id
  ), taken as (
    delete from telemetry.rollup_mark
     where rollup_mark_id in (select rollup_mark_id from waiting where before < buckets_max)
    returning rollup_mark.metric_ids, rollup_mark.minutes
  ), due as (
    select distinct metric_id, minute
      from taken cross join lateral unnest(taken.metric_ids, taken.minutes) u (metric_id, minute)
  )
  select array_agg(metric_id), array_agg(minute) into metric_ids, minutes from due;
  if metric_ids is null then
    return 0;
  end if;

  insert into telemetry.changed_day as d (tenant_id, day)
  select distinct m.tenant_id, (to_timestamp(u.minute::double precision * 60) at time zone 'UTC')::date
    from unnest(metric_ids, minutes) u (metric_id, minute)
    join telemetry.metric m on m.metric_id = u.metric_id
  on conflict (tenant_id, day) do update set version = d.version + 1;

  insert into telemetry.sample_1m as r
  select m.metric_id, due.bucket, f.readings, f.min_value, f.max_value, f.avg_value, f.first_value,
         f.last_value, f.increase, f.ends_good
    from unnest(metric_ids, minutes) u (metric_id, minute)
    join telemetry.metric m on m.metric_id = u.metric_id
   cross join lateral (select to_timestamp(u.minute::double precision * 60) as bucket) due
   cross join lateral (
     select count(*) filter (where is_good)::integer as readings,
            min(value) filter (where is_good) as min_value,
            max(value) filter (where is_good) as max_value,
            avg(value) filter (where is_good) as avg_value,
            (array_agg(value order by source_time, value) filter (where is_good))[1] as first_value,
            (array_agg(value order by source_time desc, value desc) filter (where is_good))[1] as last_value,
            coalesce(sum(telemetry.counter_travel(previous, value)) filter (where is_good), 0) as increase,
            (array_agg(is_good order by source_time desc, value desc nulls last))[1] as ends_good
       from (select source_time, value, is_good,
                    lag(value) over (partition by is_good order by source_time, value) as previous
               from (select source_time, value,
                            -- Infinities and what no instrument measures would overflow the sums.
                            coalesce(quality in (64, 192) and abs(value) <= 1e150, false) as is_good
                       from telemetry.sample s
                      where s.metric_id = m.metric_id
                        and s.source_time >= due.bucket
                        and s.source_time < due.bucket + interval '1 minute') reading) chain) f
   where f.ends_good is not null
     and due.bucket >= coalesce(m.raw_from, '-infinity')
  on conflict (metric_id, bucket) do update
     set (readings, min_value, max_value, avg_value, first_value, last_value, increase, ends_good)
       = (excluded.readings, excluded.min_value, excluded.max_value, excluded.avg_value,
          excluded.first_value, excluded.last_value, excluded.increase, excluded.ends_good);

  insert into telemetry.sample_1h as r
  select hour.metric_id, hour.bucket, f.readings, f.min_value, f.max_value, f.avg_value, f.first_value,
         f.last_value, f.increase, f.ends_good
    from (select distinct u.metric_id, to_timestamp(u.minute / 60 * 3600::double precision) as bucket
            from unnest(metric_ids, minutes) u (metric_id, minute)
            join telemetry.metric m on m.metric_id = u.metric_id
           where to_timestamp(u.minute::double precision * 60) >= coalesce(m.raw_from, '-infinity')) hour
   cross join lateral (
     select sum(readings)::integer as readings,
            min(min_value) as min_value,
            max(max_value) as max_value,
            sum(avg_value * readings) / nullif(sum(readings), 0) as avg_value,
            (array_agg(first_value order by bucket) filter (where readings > 0))[1] as first_value,
            (array_agg(last_value order by bucket desc) filter (where readings > 0))[1] as last_value,
            coalesce(sum(increase + telemetry.counter_travel(previous, first_value)), 0) as increase,
            (array_agg(ends_good order by bucket desc))[1] as ends_good
       from (select *,
                    lag(last_value) over (partition by readings > 0 order by bucket) as previous
               from telemetry.sample_1m s
              where s.metric_id = hour.metric_id
                and s.bucket >= hour.bucket
                and s.bucket < hour.bucket + interval '1 hour') chain) f
   where f.ends_good is not null
  on conflict (metric_id, bucket) do update
     set (readings, min_value, max_value, avg_value, first_value, last_value, increase, ends_good)
       = (excluded.readings, excluded.min_value, excluded.max_value, excluded.avg_value,
          excluded.first_value, excluded.last_value, excluded.increase, excluded.ends_good);
  return cardinality(metric_ids);
end
$$;

create view telemetry.v_sample_1m as
  select s.*
    from telemetry.sample_1m s join telemetry.metric m using (metric_id)
   where m.tenant_id = platform.tenant_id();
comment on view telemetry.v_sample_1m is 'Roll-ups of the tenant by minute; ask for a metric and a time range.';

create view telemetry.v_sample_1h as
  select s.*
    from telemetry.sample_1h s join telemetry.metric m using (metric_id)
   where m.tenant_id = platform.tenant_id();
comment on view telemetry.v_sample_1h is 'Roll-ups of the tenant by hour of UTC; ask for a metric and a time range.';

create or replace view telemetry.v_metric as
  select metric_id, tenant_id, group_id, edge_node_id, device_id, name, datatype, unit, raw_from
    from telemetry.metric
   where tenant_id = platform.tenant_id();
