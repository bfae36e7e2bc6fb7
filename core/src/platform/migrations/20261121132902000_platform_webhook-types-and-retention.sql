-- Up Migration
alter table platform.webhook add column from_position bigint not null default 0;
comment on column platform.webhook.from_position is
  'It is told of events after this one: the end of the log when it was made or switched on.';
comment on column platform.webhook.secret is
  'Sealed for the purpose `webhook secret`; those that begin with whsec_ are of before and lie as they are.';

-- What anybody has asked to be told of: the subscription reads nothing else.
create function platform.webhook_types() returns text[]
  language sql stable security definer set search_path = pg_catalog
  as $$
  select coalesce(array_agg(distinct type order by type), '{}')
    from platform.webhook w, unnest(w.event_types) as type
   where w.is_enabled
$$;

-- Removes what was settled long ago, at most so much of each; returns how much that was. A delivery is
-- kept as long as the events it could be made from again by a replay are delivered (webhook_deliveries).
create function platform.forget_settled(mail_days integer, delivery_days integer, at_most integer)
  returns integer
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  mails integer;
  deliveries integer;
begin
  delete from platform.mail
   where mail_id = any (array(select mail_id
                                from platform.mail
                               where settled_time < now() - make_interval(days => mail_days)
                               order by settled_time
                               limit at_most
                                 for update skip locked));
  get diagnostics mails = row_count;
  delete from platform.webhook_delivery d
   using (select webhook_id, position
            from platform.webhook_delivery
           where settled_time < now() - make_interval(days => delivery_days)
           order by settled_time
           limit at_most
             for update skip locked) old
   where d.webhook_id = old.webhook_id and d.position = old.position;
  get diagnostics deliveries = row_count;
  return mails + deliveries;
end
$$;
create index mail_settled on platform.mail (settled_time) where settled_time is not null;
create index webhook_delivery_settled on platform.webhook_delivery (settled_time) where settled_time is not null;
