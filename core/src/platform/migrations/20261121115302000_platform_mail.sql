-- Up Migration
create table platform.mail (
  tenant_id uuid not null,
  mail_id uuid primary key,
  -- What the mail is about; the same thing is told once.
  key text not null check (length(key) between 1 and 300),
  recipient text not null check (length(recipient) between 3 and 320),
  subject text not null,
  -- Forgotten when the mail has left or is given up: it may carry a link that is a key.
  text text,
  state text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
  attempts integer not null default 0,
  -- Due at once, whatever the clocks of the processes say.
  next_attempt_time timestamptz not null default '-infinity',
  reason text,
  created_time timestamptz not null default now(),
  settled_time timestamptz,
  unique (tenant_id, key),
  check ((state = 'queued') = (text is not null)),
  check ((state = 'queued') = (settled_time is null))
);
comment on table platform.mail is
  'Outbox of plain-text mails: written in the transaction that has something to tell, sent by the worker.';
create index mail_due on platform.mail (next_attempt_time) where state = 'queued';
call platform.fence('platform.mail');
create policy mail_sender on platform.mail to current_user using (true) with check (true);

-- The sender serves every tenant: it takes what is due and holds it while it tries.
create function platform.claim_mails(as_of timestamptz, at_most integer, held_seconds integer)
  returns setof platform.mail
  language sql security definer set search_path = pg_catalog
  as $$
  update platform.mail
     set attempts = attempts + 1, next_attempt_time = as_of + make_interval(secs => held_seconds)
   where mail_id in (
     select mail_id
       from platform.mail
      where state = 'queued' and next_attempt_time <= as_of
      order by next_attempt_time
      limit least(at_most, 100)
        for update skip locked)
  returning *
$$;
