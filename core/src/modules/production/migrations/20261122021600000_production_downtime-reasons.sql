-- Up Migration
create table production.reason_point (
  tenant_id uuid not null,
  work_unit_id uuid not null,
  source_time timestamptz not null,
  -- '': it gives none.
  code text not null check (length(code) <= 200),
  primary key (tenant_id, work_unit_id, source_time)
);
comment on table production.reason_point is 'From source_time on the machine gives this code as the reason of its state, mapped or not.';
call platform.fence('production.reason_point');

create table production.downtime_reason (
  tenant_id uuid not null,
  reason_id uuid not null,
  code text not null check (length(code) between 1 and 40),
  name text not null,
  category text not null check (category in ('breakdown', 'setup', 'material', 'operator', 'quality', 'planned')),
  is_active boolean not null default true,
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, reason_id),
  unique (tenant_id, code)
);
comment on table production.downtime_reason is 'Reasons a company added, and standard ones (contracts) that it changed, which keep their id.';
call platform.fence('production.downtime_reason');

create table production.machine_reason_code (
  tenant_id uuid not null,
  -- Null: of every machine that has no line of its own for the code.
  work_unit_id uuid,
  code text not null check (length(code) between 1 and 200),
  reason_id uuid not null,
  unique nulls not distinct (tenant_id, work_unit_id, code)
);
comment on table production.machine_reason_code is 'Which reason a code of a machine means. Asked when downtime is read, so that a new line explains what was.';
call platform.fence('production.machine_reason_code');

create table production.given_reason (
  tenant_id uuid not null,
  work_unit_id uuid not null,
  -- The stop as it was known: its begin names it; null: it had not ended.
  started_at timestamptz not null,
  ended_at timestamptz check (ended_at > started_at),
  reason_id uuid not null,
  note text not null default '',
  given_by text not null,
  given_time timestamptz not null,
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, work_unit_id, started_at)
);
comment on table production.given_reason is 'What a person said a machine was down for. Holds for the stop that shares time with it, also when late readings moved its ends.';
create index given_reason_open on production.given_reason (tenant_id, work_unit_id) where ended_at is null;
call platform.fence('production.given_reason');

-- What machines did in [from_time, to_time), for analytics: states, pieces by minute with the planned run
-- time of the operation they belong to, and the codes machines gave as reasons. First the state each machine
-- began the window in, and its code: where it was down, since when, and what it said from 5 s before on
-- (firstWordMs in domain/stops.ts), so that a stop is told the same whatever window cuts it. The fence is
-- that of the tables.
drop function production.machine_time(timestamptz, timestamptz);
create function production.machine_time(from_time timestamptz, to_time timestamptz)
  returns table (work_unit_id uuid, source_time timestamptz, state text, good numeric, scrap numeric,
                 run_ms double precision, reason_code text)
  language sql stable set search_path = pg_catalog
  as $$
  with before as materialized (
    select distinct on (p.work_unit_id) p.work_unit_id, p.state, p.source_time
      from production.state_point p
     where p.source_time < from_time
     order by p.work_unit_id, p.source_time desc),
  began as materialized (
    select b.work_unit_id, b.state, coalesce(stop.since, from_time) as since
      from before b
      left join lateral (
        select min(s.source_time) as since
          from production.state_point s
         where b.state = 'down'
           and s.work_unit_id = b.work_unit_id
           and s.source_time <= b.source_time
           and s.source_time > coalesce((
                 select max(other.source_time)
                   from production.state_point other
                  where other.work_unit_id = b.work_unit_id
                    and other.source_time < b.source_time
                    and other.state <> 'down'), '-infinity')) stop on true)
  select b.work_unit_id, b.since, b.state, null::numeric, null::numeric, null::double precision, null::text
    from began b
   where b.since < from_time
      or not exists (select from production.state_point at_once
                      where at_once.work_unit_id = b.work_unit_id
                        and at_once.source_time = from_time)
  union all
  select p.work_unit_id, p.source_time, p.state, null, null, null, null
    from production.state_point p
   where p.source_time >= from_time and p.source_time < to_time
  union all
  select c.work_unit_id, c.minute, null, c.good, c.scrap, op.run_ms_per_unit, null
    from production.count_minute c
    left join production.work_order_operation op using (work_order_id, step)
   where c.minute >= from_time and c.minute < to_time
  union all
  select b.work_unit_id, said.source_time, null, null, null, null, said.code
    from began b
   cross join lateral (
     select r.source_time, r.code
       from production.reason_point r
      where r.work_unit_id = b.work_unit_id
        and r.source_time < from_time
        and r.source_time >= coalesce((
              select max(standing.source_time)
                from production.reason_point standing
               where standing.work_unit_id = b.work_unit_id
                 and standing.source_time < b.since - interval '5 seconds'), '-infinity')) said
  union all
  select r.work_unit_id, r.source_time, null, null, null, null, r.code
    from production.reason_point r
   where r.source_time >= from_time and r.source_time < to_time
$$;
