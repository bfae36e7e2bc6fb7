-- Up Migration
-- What machines did in [from_time, to_time), for analytics: states (first the one each machine began the
-- window in) and pieces by minute with the planned run time of the operation they belong to. The fence is
-- that of the tables.
create function production.machine_time(from_time timestamptz, to_time timestamptz)
  returns table (work_unit_id uuid, source_time timestamptz, state text, good numeric, scrap numeric,
                 run_ms double precision)
  language sql stable set search_path = pg_catalog
  as $$
  select began.work_unit_id, from_time, began.state, null::numeric, null::numeric, null::double precision
    from (select distinct on (p.work_unit_id) p.work_unit_id, p.state
            from production.state_point p
           where p.source_time < from_time
           order by p.work_unit_id, p.source_time desc) began
   where not exists (select from production.state_point at_once
                      where at_once.work_unit_id = began.work_unit_id
                        and at_once.source_time = from_time)
  union all
  select p.work_unit_id, p.source_time, p.state, null, null, null
    from production.state_point p
   where p.source_time >= from_time and p.source_time < to_time
  union all
  select c.work_unit_id, c.minute, null, c.good, c.scrap, op.run_ms_per_unit
    from production.count_minute c
    left join production.work_order_operation op using (work_order_id, step)
   where c.minute >= from_time and c.minute < to_time
$$;
