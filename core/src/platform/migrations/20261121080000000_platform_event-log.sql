-- Up Migration
create schema if not exists platform;
comment on schema platform is 'What every bounded context stands on: the event log and its cursors.';

-- One fence for every tenant table (ARCHITECTURE.md, decision 10). A connection without a tenant sees nothing.
create function platform.tenant_id() returns uuid
  language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::uuid $$;

create procedure platform.fence(tenant_table regclass)
  language plpgsql
  as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format(
    'create policy tenant on %s using (tenant_id = platform.tenant_id()) with check (tenant_id = platform.tenant_id())',
    tenant_table);
end
$$;

create sequence platform.event_position as bigint;

create table platform.event (
  position bigint not null,
  tenant_id uuid not null,
  stream text not null,
  stream_version integer,
  type text not null,
  type_version smallint not null,
  payload jsonb not null,
  actor jsonb not null,
  trace text,
  recorded_time timestamptz not null default clock_timestamp(),
  primary key (position, recorded_time)
) partition by range (recorded_time);
comment on table platform.event is
  'Append-only log: outbox, audit trail and time machine. Written only by platform.emit; position order is commit order.';
create index event_stream on platform.event (tenant_id, stream, position desc);
call platform.fence('platform.event');
-- The functions below run as the owner and must see every tenant; nobody else is granted the table.
create policy log_writer on platform.event for insert to current_user with check (true);
create policy log_reader on platform.event for select to current_user using (true);

create table platform.stream (
  tenant_id uuid not null,
  stream text not null,
  version integer not null check (version > 0),
  primary key (tenant_id, stream)
);
comment on table platform.stream is
  'Version of each event-sourced stream: the optimistic lock that a partitioned log cannot hold in a unique index.';
call platform.fence('platform.stream');
create policy stream_writer on platform.stream to current_user using (true) with check (true);

create table platform.subscription (
  name text primary key,
  position bigint not null default 0,
  updated_time timestamptz not null default now()
);
comment on table platform.subscription is
  'Cursor of each exclusive subscription, moved in the transaction of its effect. Belongs to the installation, not to a tenant.';

create table platform.parked_event (
  subscription text not null,
  position bigint not null,
  tenant_id uuid not null,
  reason text not null,
  parked_time timestamptz not null default now(),
  primary key (subscription, position)
);
comment on table platform.parked_event is
  'Events a subscription could not digest: kept with the reason so that the others can go on.';
call platform.fence('platform.parked_event');

-- Partitions are made a month ahead, because creating one takes a heavy lock.
create procedure platform.ensure_event_partitions(from_day date, months integer)
  language plpgsql
  as $$
declare
  month date := date_trunc('month', from_day);
begin
  for i in 0..months loop
    if to_regclass(format('platform.event_%s', to_char(month, 'YYYYMM'))) is null then
      execute format(
        'create table platform.event_%s partition of platform.event for values from (%L) to (%L)',
        to_char(month, 'YYYYMM'), month::timestamp at time zone 'UTC',
        (month + interval '1 month')::timestamp at time zone 'UTC');
    end if;
    month := month + interval '1 month';
  end loop;
end
$$;
call platform.ensure_event_partitions(current_date, 2);
create table platform.event_beyond partition of platform.event default;

-- The one way into the log. Call it once, as the last statement before commit: it holds the log's
-- lock from here to the commit, so that position order is commit order and a cursor is one bigint.
create function platform.emit(events jsonb) returns bigint
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  last_position bigint;
  refused record;
begin
  if jsonb_array_length(events) = 0 then
    return null;
  end if;
  perform pg_advisory_xact_lock(4711, 1);

  -- Versions of one stream inside a batch must follow each other; the first must follow the stored one.
  with asked as (
    select (e ->> 'tenantId')::uuid as tenant_id, e ->> 'stream' as stream,
           min((e ->> 'streamVersion')::integer) as first, max((e ->> 'streamVersion')::integer) as last,
           count(*) as n
      from jsonb_array_elements(events) e
     where e ->> 'streamVersion' is not null
     group by 1, 2
  )
  select a.* into refused
    from asked a left join platform.stream s using (tenant_id, stream)
   where a.first <> coalesce(s.version, 0) + 1 or a.last <> a.first + a.n - 1
   limit 1;
  if found then
    raise exception 'stream % is not at version %', refused.stream, refused.first - 1
      using errcode = 'MW001', hint = 'Load the stream again and decide anew.';
  end if;

  insert into platform.stream (tenant_id, stream, version)
  select (e ->> 'tenantId')::uuid, e ->> 'stream', max((e ->> 'streamVersion')::integer)
    from jsonb_array_elements(events) e
   where e ->> 'streamVersion' is not null
   group by 1, 2
  on conflict (tenant_id, stream) do update set version = excluded.version;

  with appended as (
    insert into platform.event
      (position, tenant_id, stream, stream_version, type, type_version, payload, actor, trace)
    select nextval('platform.event_position'), (e ->> 'tenantId')::uuid, e ->> 'stream',
           (e ->> 'streamVersion')::integer, e ->> 'type', (e ->> 'typeVersion')::smallint,
           e -> 'payload', e -> 'actor', e ->> 'trace'
      from jsonb_array_elements(events) with ordinality as listed (e, n)
     order by n
    returning position
  )
  select max(position) into last_position from appended;

  perform pg_notify('event', last_position::text);
  return last_position;
end
$$;

-- Subscriptions read every tenant's events in order and then act under each event's own tenant.
create function platform.read_events(after_position bigint, at_most integer, types text[] default null)
  returns setof platform.event
  language sql stable security definer set search_path = pg_catalog
  as $$
  select e.* from platform.event e
   where e.position > after_position and (types is null or e.type = any (types))
   order by e.position
   limit least(at_most, 10000)
$$;

create function platform.last_position() returns bigint
  language sql stable security definer set search_path = pg_catalog
  as $$ select coalesce(max(position), 0) from platform.event $$;
