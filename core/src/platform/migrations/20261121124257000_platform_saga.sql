-- Up Migration
create table platform.saga (
  tenant_id uuid not null,
  saga_id uuid primary key,
  name text not null,
  input jsonb not null,
  state text not null default 'running'
    check (state in ('running', 'compensating', 'done', 'compensated', 'stuck')),
  -- The next step to do, or the next one to take back.
  step integer not null default 0 check (step >= -1),
  results jsonb not null default '{}',
  attempts integer not null default 0,
  next_attempt_time timestamptz not null default '-infinity',
  -- Why it is taken back or stuck.
  reason text,
  -- Where a retry goes on.
  stuck_in text check (stuck_in in ('running', 'compensating')),
  started_time timestamptz not null default now(),
  updated_time timestamptz not null default now(),
  check ((state = 'stuck') = (stuck_in is not null))
);
comment on table platform.saga is
  'Flows across contexts whose steps commit one by one; a step and the note that it is done are one transaction.';
create index saga_due on platform.saga (next_attempt_time) where state in ('running', 'compensating');
create index saga_stuck on platform.saga (tenant_id, updated_time) where state = 'stuck';
call platform.fence('platform.saga');
create policy saga_reader on platform.saga for select to current_user using (true);

-- The runner serves every tenant of its database.
create function platform.due_sagas(names text[], at_most integer)
  returns table (tenant_id uuid, saga_id uuid, name text)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select s.tenant_id, s.saga_id, s.name
    from platform.saga s
   where s.state in ('running', 'compensating') and s.next_attempt_time <= now() and s.name = any (names)
   order by s.next_attempt_time, s.saga_id
   limit least(at_most, 1000)
$$;

create function platform.stuck_sagas() returns bigint
  language sql stable security definer set search_path = pg_catalog
  as $$ select count(*) from platform.saga where state = 'stuck' $$;
