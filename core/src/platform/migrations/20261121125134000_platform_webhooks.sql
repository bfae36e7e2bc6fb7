-- Up Migration
create table platform.webhook (
  tenant_id uuid not null,
  webhook_id uuid primary key,
  url text not null check (url ~ '^https?://' and length(url) <= 2000),
  event_types text[] not null check (cardinality(event_types) between 1 and 200),
  secret text not null,
  is_enabled boolean not null default true,
  disabled_reason text,
  -- Since when no delivery has succeeded; null: the last one did.
  failing_since timestamptz,
  created_time timestamptz not null default now()
);
comment on table platform.webhook is 'Programs of others that are told of events by HTTP (Standard Webhooks).';
create index webhook_of_tenant on platform.webhook (tenant_id, created_time);
call platform.fence('platform.webhook');
create policy webhook_sender on platform.webhook for select to current_user using (true);

create table platform.webhook_delivery (
  tenant_id uuid not null,
  webhook_id uuid not null references platform.webhook on delete cascade,
  position bigint not null,
  state text not null default 'queued' check (state in ('queued', 'delivered', 'failed')),
  attempts integer not null default 0,
  next_attempt_time timestamptz not null default '-infinity',
  reason text,
  created_time timestamptz not null default now(),
  settled_time timestamptz,
  primary key (webhook_id, position),
  check ((state = 'queued') = (settled_time is null))
);
comment on table platform.webhook_delivery is 'One event for one webhook; the key makes a replayed event the same delivery.';
create index webhook_delivery_due on platform.webhook_delivery (next_attempt_time) where state = 'queued';
call platform.fence('platform.webhook_delivery');
create policy webhook_delivery_sender on platform.webhook_delivery to current_user using (true) with check (true);

-- Takes what is due and holds it while it is tried; at most a share per target, so that one that hangs
-- does not take every connection.
create function platform.claim_webhook_deliveries(
    as_of timestamptz, at_most integer, per_target integer, held_seconds integer)
  returns table (tenant_id uuid, webhook_id uuid, "position" bigint, attempts integer)
  language sql security definer set search_path = pg_catalog
  as $$
  update platform.webhook_delivery d
     set attempts = d.attempts + 1, next_attempt_time = as_of + make_interval(secs => held_seconds)
    from (
      select due.webhook_id, due.position
        from platform.webhook w
        cross join lateral (
          select q.webhook_id, q.position, q.next_attempt_time
            from platform.webhook_delivery q
           where q.webhook_id = w.webhook_id and q.state = 'queued' and q.next_attempt_time <= as_of
           order by q.position
           limit per_target
             for update skip locked) due
       where w.is_enabled
       order by due.next_attempt_time, due.position
       limit least(at_most, 100)) chosen
   where d.webhook_id = chosen.webhook_id and d.position = chosen.position
  returning d.tenant_id, d.webhook_id, d.position, d.attempts
$$;
