-- Up Migration
-- The minutes that are due are folded by minute, not by metric and minute: half the work, and where a
-- hundred metrics report together a fiftieth of the pages. What is folded is the same.
--
-- Folds the buckets of marked minutes anew, oldest marks first, about `buckets_max` of them; returns how
-- many minutes were due, 0 when nothing is or another process is at it. Safe to repeat. The bound is one
-- on buckets, not on marks: ten batches a second mark the same minute a hundred times before it is folded.
create or replace function telemetry.roll_up(buckets_max integer) returns integer
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

  -- A page holds readings of many metrics, so those of one minute are read together: one by one each
  -- metric would visit the same pages again. Fifty, so that a minute of fast ones fits into work_mem.
  insert into telemetry.sample_1m as r
  select f.metric_id, due.bucket, f.readings, f.min_value, f.max_value, f.avg_value, f.first_value,
         f.last_value, f.increase, f.ends_good
    from (select to_timestamp(minute::double precision * 60) as bucket, array_agg(metric_id) as ids
            from (select u.metric_id, u.minute,
                         (row_number() over (partition by u.minute order by u.metric_id) - 1) / 50 as part
                    from unnest(metric_ids, minutes) u (metric_id, minute)
                    join telemetry.metric m on m.metric_id = u.metric_id
                   where to_timestamp(u.minute::double precision * 60) >= coalesce(m.raw_from, '-infinity')) numbered
           group by minute, part) due
   cross join lateral (
     select metric_id,
            count(*) filter (where is_good)::integer as readings,
            min(value) filter (where is_good) as min_value,
            max(value) filter (where is_good) as max_value,
            avg(value) filter (where is_good) as avg_value,
            min(value) filter (where is_good and previous is null) as first_value,
            min(value) filter (where is_good and is_last) as last_value,
            coalesce(sum(telemetry.counter_travel(previous, value)) filter (where is_good), 0) as increase,
            -- Whichever of the last good and the last bad reading is later; of one instant the greater.
            coalesce((max(source_time) filter (where is_good), min(value) filter (where is_good and is_last))
                       >= (max(source_time) filter (where not is_good),
                           coalesce(min(value) filter (where not is_good and is_last), '-infinity')),
                     bool_or(is_good)) as ends_good
       from (select metric_id, source_time, value, is_good,
                    lag(value) over in_order as previous,
                    lead(source_time) over in_order is null as is_last
               from (select metric_id, source_time, value,
                            -- Infinities and what no instrument measures would overflow the sums.
                            coalesce(quality in (64, 192) and abs(value) <= 1e150, false) as is_good
                       from telemetry.sample s
                      where s.metric_id = any (due.ids)
                        and s.source_time >= due.bucket
                        and s.source_time < due.bucket + interval '1 minute') reading
             window in_order as (partition by metric_id, is_good order by source_time, value nulls first)) chain
      group by metric_id) f
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
