-- Up Migration
alter table platform.subscription
  add column types text[] not null default '{}',
  add column is_replayable boolean not null default false,
  -- A person asked to handle everything after this position again; the runner obeys and clears it.
  add column replay_asked bigint,
  -- Up to here events are handled again; null when none is.
  add column replay_until bigint,
  add column stalled_reason text,
  add column stalled_time timestamptz,
  add check ((stalled_reason is null) = (stalled_time is null)),
  add check (replay_asked is null or is_replayable);
comment on column platform.subscription.stalled_reason is
  'Set while every event fails: then the subscriber is broken, not the events, and nothing more is parked.';

alter table platform.parked_event
  add column stream text,
  add column attempts integer not null default 1,
  add column next_attempt_time timestamptz default '-infinity',
  add column asked text check (asked in ('retry', 'skip'));
-- Only events that were parked before this migration have no stream yet.
update platform.parked_event p
   set stream = e.stream
  from platform.event e
 where e.position = p.position and e.tenant_id = p.tenant_id;
alter table platform.parked_event alter column stream set not null;
comment on table platform.parked_event is
  'Events a subscription could not digest, and the later ones of their streams, which wait for them: the order within a stream is never broken.';
comment on column platform.parked_event.next_attempt_time is
  'When the first of a stream is tried again by itself; null: only when a person asks.';
create index parked_event_stream on platform.parked_event (subscription, tenant_id, stream, position);
create policy parked_event_reader on platform.parked_event to current_user using (true) with check (true);

-- The first parked event of each stream: the one that fails; the others wait for it.
create function platform.parked_heads(of_subscription text)
  returns table (tenant_id uuid, stream text, head bigint, asked text, is_due boolean)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select distinct on (p.tenant_id, p.stream)
         p.tenant_id, p.stream, p.position, p.asked,
         p.asked is not null or coalesce(p.next_attempt_time <= now(), false)
    from platform.parked_event p
   where p.subscription = of_subscription
   order by p.tenant_id, p.stream, p.position
$$;

create function platform.parked_count(of_subscription text) returns bigint
  language sql stable security definer set search_path = pg_catalog
  as $$ select count(*) from platform.parked_event where subscription = of_subscription $$;

-- Goes back to an earlier position when the subscription declares that this is safe. What was parked
-- after it will be met again.
create function platform.start_replay(of_subscription text, cursor_now bigint) returns boolean
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  replay_from bigint;
begin
  select replay_asked into replay_from
    from platform.subscription
   where name = of_subscription and position = cursor_now and is_replayable
     for update;
  if replay_from is null then
    return false;
  end if;
  delete from platform.parked_event where subscription = of_subscription and position > replay_from;
  update platform.subscription
     set position = least(replay_from, cursor_now), replay_asked = null,
         replay_until = greatest(cursor_now, replay_until)
   where name = of_subscription;
  return true;
end
$$;

-- Lag of every subscription over all tenants. Counting stops at 10,000: more is "far behind" to anybody.
create function platform.subscription_lag()
  returns table (
    name text, "position" bigint, last_position bigint, events_behind bigint, seconds_behind double precision,
    parked_events bigint, parked_streams bigint, is_replayable boolean, replay_until bigint,
    stalled_reason text, stalled_time timestamptz, updated_time timestamptz)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select s.name, s.position, platform.last_position(), behind.n,
         -- A clock that was set back must not show a negative age.
         greatest(coalesce(extract(epoch from clock_timestamp() - behind.oldest), 0), 0)::double precision,
         parked.events, parked.streams, s.is_replayable, s.replay_until,
         s.stalled_reason, s.stalled_time, s.updated_time
    from platform.subscription s
    cross join lateral (
      select count(*) as n, min(e.recorded_time) as oldest
        from (select recorded_time
                from platform.event
               where position > s.position and type = any (s.types)
               order by position
               limit 10000) e) behind
    cross join lateral (
      select count(*) as events, count(distinct (p.tenant_id, p.stream)) as streams
        from platform.parked_event p
       where p.subscription = s.name) parked
   order by s.name
$$;

-- Partitions are made ahead by the worker. A clock that jumped has put events into the default
-- partition; they move into their month, which could not be made beside them.
create function platform.keep_event_partitions(months_ahead integer) returns integer
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  month date := date_trunc('month', current_date);
  name text;
  starts timestamptz;
  ends timestamptz;
  made integer := 0;
begin
  perform pg_advisory_xact_lock(4711, 4);
  for i in 0..least(months_ahead, 24) loop
    name := format('event_%s', to_char(month, 'YYYYMM'));
    if to_regclass('platform.' || name) is null then
      starts := month::timestamp at time zone 'UTC';
      ends := (month + interval '1 month')::timestamp at time zone 'UTC';
      execute format('create table platform.%I (like platform.event including defaults including constraints)', name);
      execute format(
        'with moved as (delete from platform.event_beyond where recorded_time >= %L and recorded_time < %L returning *)
         insert into platform.%I select * from moved', starts, ends, name);
      execute format(
        'alter table platform.event attach partition platform.%I for values from (%L) to (%L)', name, starts, ends);
      made := made + 1;
    end if;
    month := month + interval '1 month';
  end loop;
  return made;
end
$$;
