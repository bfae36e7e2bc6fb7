-- Up Migration
create table platform.idempotency_key (
  tenant_id uuid not null,
  key text not null check (length(key) between 8 and 200),
  -- Method and path: the same key for another request is a mistake of the client, and refused.
  request text not null,
  request_sha256 bytea not null check (length(request_sha256) = 32),
  -- Written in the transaction of the effect, so a key exists exactly when its effect does.
  response jsonb,
  created_time timestamptz not null default now(),
  primary key (tenant_id, key)
);
comment on table platform.idempotency_key is
  'Answers of POST requests by Idempotency-Key, kept for 24 hours: the same key answers the same and acts once.';
create index idempotency_key_age on platform.idempotency_key (created_time);
call platform.fence('platform.idempotency_key');

-- The machine page reads a stream without its counts, which come every second.
create index event_stream_readable on platform.event (tenant_id, stream, position desc)
  where type <> 'machine.count_observed';
