-- Up Migration
create table identity.department (
  department_id uuid primary key,
  tenant_id uuid not null references identity.tenant,
  name text not null check (length(name) between 1 and 100),
  parent_id uuid,
  site_id uuid references identity.site,
  version integer not null default 1 check (version > 0),
  unique (tenant_id, name),
  unique (tenant_id, department_id),
  foreign key (tenant_id, parent_id) references identity.department (tenant_id, department_id),
  check (parent_id <> department_id)
);
comment on table identity.department is
  'Where people belong; rules may compare it. Longer cycles are refused when a department is changed.';
call platform.fence('identity.department');

create table identity.app_user (
  user_id uuid primary key,
  tenant_id uuid not null references identity.tenant,
  name text not null check (length(name) between 1 and 100),
  -- As typed; compared without case.
  email text not null check (length(email) between 3 and 254),
  state text not null check (state in ('invited', 'active', 'inactive')),
  -- Names of platform.authz_role. One that does not exist (any more) grants nothing.
  roles text[] not null default '{}' check (cardinality(roles) <= 50 and array_position(roles, null) is null),
  department_id uuid,
  language text check (language in ('en', 'zh-CN')),
  -- Argon2id in its encoded form, with salt and cost; null: none was set, or sign-in is by a provider.
  password_hash text check (password_hash ~ '^\$argon2id\$'),
  -- Base32 (RFC 6238). It counts only once confirmed; the step that was used last is never taken again.
  totp_secret text,
  totp_confirmed_time timestamptz,
  totp_last_step bigint,
  version integer not null default 1 check (version > 0),
  created_time timestamptz not null default now(),
  last_seen_time timestamptz,
  unique (tenant_id, user_id),
  foreign key (tenant_id, department_id) references identity.department (tenant_id, department_id),
  check (totp_confirmed_time is null or totp_secret is not null)
);
comment on table identity.app_user is 'People who may sign in, one row per company they work for.';
create unique index app_user_email on identity.app_user (tenant_id, lower(email));
-- Sign-in looks an address up in every company of the installation.
create index app_user_sign_in on identity.app_user (lower(email));
call platform.fence('identity.app_user');

create table identity.recovery_code (
  tenant_id uuid not null,
  user_id uuid not null,
  code_sha256 bytea not null check (length(code_sha256) = 32),
  used_time timestamptz,
  primary key (tenant_id, user_id, code_sha256),
  foreign key (tenant_id, user_id) references identity.app_user (tenant_id, user_id) on delete cascade
);
comment on table identity.recovery_code is 'Codes that stand in for a lost authenticator, each once.';
call platform.fence('identity.recovery_code');

create table identity.session (
  session_id uuid primary key,
  tenant_id uuid not null,
  user_id uuid not null,
  method text not null,
  user_agent text not null,
  address text not null,
  started_time timestamptz not null,
  last_seen_time timestamptz not null,
  -- Ends when nobody refreshed it for a while, and for good at its absolute end.
  idle_ends_time timestamptz not null,
  ends_time timestamptz not null,
  ended_time timestamptz,
  foreign key (tenant_id, user_id) references identity.app_user (tenant_id, user_id) on delete cascade,
  unique (tenant_id, session_id),
  check (idle_ends_time <= ends_time)
);
comment on table identity.session is 'One browser or program in which a person is signed in.';
create index session_of_user on identity.session (tenant_id, user_id, started_time desc);
call platform.fence('identity.session');

create table identity.refresh_token (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  tenant_id uuid not null,
  session_id uuid not null,
  issued_time timestamptz not null,
  -- Set when it was exchanged for the next one; a second exchange means it was copied.
  used_time timestamptz,
  foreign key (tenant_id, session_id) references identity.session (tenant_id, session_id) on delete cascade
);
comment on table identity.refresh_token is 'The tokens of a session, the newest one not used yet. Only digests are stored.';
create index refresh_token_session on identity.refresh_token (tenant_id, session_id);
call platform.fence('identity.refresh_token');

create table identity.api_key (
  api_key_id uuid primary key,
  tenant_id uuid not null references identity.tenant,
  name text not null check (length(name) between 1 and 100),
  prefix text not null,
  key_sha256 bytea not null unique check (length(key_sha256) = 32),
  roles text[] not null check (cardinality(roles) between 1 and 50),
  created_time timestamptz not null,
  created_by text not null,
  expires_time timestamptz,
  last_used_time timestamptz,
  revoked_time timestamptz
);
comment on table identity.api_key is 'What programs sign in with. Only the digest of a key is stored.';
create index api_key_tenant on identity.api_key (tenant_id, created_time desc);
call platform.fence('identity.api_key');

create table identity.link (
  token_sha256 bytea primary key check (length(token_sha256) = 32),
  tenant_id uuid not null,
  user_id uuid not null,
  purpose text not null check (purpose in ('invitation', 'password_reset')),
  created_time timestamptz not null,
  ends_time timestamptz not null,
  used_time timestamptz,
  foreign key (tenant_id, user_id) references identity.app_user (tenant_id, user_id) on delete cascade
);
comment on table identity.link is 'Invitations and password resets: each works once and ends.';
create index link_user on identity.link (tenant_id, user_id);
call platform.fence('identity.link');

-- An answer kept under a key belongs to who asked: a key that somebody else guessed shows nothing.
alter table platform.idempotency_key
  add column caller_id uuid not null default '00000000-0000-0000-0000-000000000000';
alter table platform.idempotency_key
  alter column caller_id drop default,
  drop constraint idempotency_key_pkey,
  add primary key (tenant_id, caller_id, key);
