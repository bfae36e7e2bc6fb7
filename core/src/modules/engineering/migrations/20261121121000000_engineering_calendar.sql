-- Up Migration
create table engineering.calendar (
  tenant_id uuid not null,
  calendar_id uuid not null,
  name text not null check (name <> ''),
  time_zone text not null check (time_zone <> ''),
  version integer not null default 1 check (version > 0),
  primary key (tenant_id, calendar_id),
  unique (tenant_id, name)
);
comment on table engineering.calendar is 'When work is done: shifts of the week and days that differ, by the clock of a time zone.';
call platform.fence('engineering.calendar');

create table engineering.calendar_day (
  tenant_id uuid not null,
  calendar_id uuid not null,
  -- ISO weekday 1 to 7, or one day; exactly one of the two.
  weekday smallint check (weekday between 1 and 7),
  day date,
  name text not null default '',
  unique nulls not distinct (tenant_id, calendar_id, weekday, day),
  check ((weekday is null) <> (day is null)),
  foreign key (tenant_id, calendar_id) references engineering.calendar on delete cascade
);
comment on table engineering.calendar_day is 'A weekday, or a single day that overrides its weekday; without a shift nobody works.';
call platform.fence('engineering.calendar_day');

create table engineering.calendar_shift (
  tenant_id uuid not null,
  calendar_id uuid not null,
  weekday smallint check (weekday between 1 and 7),
  day date,
  name text not null check (name <> ''),
  -- Of the calendar's clock; an end at or before the start lies on the next day.
  starts time not null,
  ends time not null,
  foreign key (tenant_id, calendar_id) references engineering.calendar on delete cascade,
  unique nulls not distinct (tenant_id, calendar_id, weekday, day, starts)
);
comment on table engineering.calendar_shift is 'Shifts of a weekday or a day.';
call platform.fence('engineering.calendar_shift');

create table engineering.calendar_break (
  tenant_id uuid not null,
  calendar_id uuid not null,
  weekday smallint,
  day date,
  shift_starts time not null,
  starts time not null,
  ends time not null check (ends <> starts),
  foreign key (tenant_id, calendar_id) references engineering.calendar on delete cascade
);
comment on table engineering.calendar_break is 'Breaks inside a shift, by the same clock.';
call platform.fence('engineering.calendar_break');

create table engineering.work_center_calendar (
  tenant_id uuid not null,
  -- In context equipment.
  work_center_id uuid not null,
  calendar_id uuid not null,
  primary key (tenant_id, work_center_id),
  foreign key (tenant_id, calendar_id) references engineering.calendar
);
comment on table engineering.work_center_calendar is 'The calendar of a work center; without one it works always.';
call platform.fence('engineering.work_center_calendar');

-- Working time in real time. `at time zone` knows the clock changes: a night shift is 7 or 9 hours long
-- when they come, and a time that the clock skips is the instant after it.
create function engineering.working_time(calendar uuid, from_day date, to_day date)
  returns table (shift text, starts timestamptz, ends timestamptz)
  language sql stable
  as $$
  with shift_of_day as (
    select d.day::date as day, c.time_zone, s.name, s.starts, s.ends, s.weekday, s.day as single_day
      from engineering.calendar c
      cross join generate_series(from_day, to_day, interval '1 day') d (day)
      join engineering.calendar_shift s
        on s.tenant_id = c.tenant_id and s.calendar_id = c.calendar_id
       and (s.day = d.day::date
            or (s.weekday = extract(isodow from d.day)
                and not exists (select from engineering.calendar_day special
                                 where special.calendar_id = c.calendar_id and special.day = d.day::date)))
     where c.calendar_id = calendar
  ), span as (
    select name, day, time_zone, starts, ends, weekday, single_day,
           tstzrange((day + starts) at time zone time_zone,
                     (day + ends + case when ends <= starts then interval '1 day' else interval '0' end)
                       at time zone time_zone) as worked
      from shift_of_day
  ), rest as (
    select s.name, s.worked,
           coalesce(range_agg(tstzrange(
             (s.day + b.starts + case when b.starts < s.starts then interval '1 day' else interval '0' end)
               at time zone s.time_zone,
             (s.day + b.ends + case when b.ends <= s.starts then interval '1 day' else interval '0' end)
               at time zone s.time_zone))
             filter (where b.starts is not null), '{}') as breaks
      from span s
      left join engineering.calendar_break b
        on b.calendar_id = calendar and b.shift_starts = s.starts
       and b.weekday is not distinct from s.weekday and b.day is not distinct from s.single_day
     -- A shift that the clock change swallows whole is none.
     where not isempty(s.worked)
     group by s.name, s.worked
  )
  select r.name, lower(piece), upper(piece)
    from rest r, unnest(tstzmultirange(r.worked) - r.breaks) piece
   order by lower(piece)
$$;
comment on function engineering.working_time(uuid, date, date) is
  'Working time of the shifts that begin on days from_day to to_day (both included), breaks left out, ascending.';
