-- Up Migration
create table identity.sign_in_failure (
  -- `pair` is an account from an address, `account` from anywhere, `address` whatever the account.
  kind text not null check (kind in ('pair', 'account', 'address')),
  subject_sha256 bytea not null check (length(subject_sha256) = 32),
  failures integer not null check (failures > 0),
  last_time timestamptz not null,
  blocked_until timestamptz,
  primary key (kind, subject_sha256)
);
comment on table identity.sign_in_failure is
  'Failed sign-ins, to slow down who guesses. Counted before it is known whose account it is, if anybody''s.';
create index sign_in_failure_age on identity.sign_in_failure (last_time);

-- Sign-in knows an address and no tenant yet. These functions answer just that, whoever asks.
create policy sign_in on identity.app_user for select to current_user using (true);
create function identity.accounts_of(asked_email text)
  returns table (tenant_id uuid, company_name text, user_id uuid)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select u.tenant_id, t.name, u.user_id
    from identity.app_user u join identity.tenant t using (tenant_id)
   where lower(u.email) = lower(asked_email)
   order by t.name
   limit 20
$$;
comment on function identity.accounts_of is 'The companies in which an address is somebody''s.';

create function identity.has_users() returns boolean
  language sql stable security definer set search_path = pg_catalog
  as $$ select exists (select from identity.app_user) $$;
comment on function identity.has_users is 'Whether anybody was set up yet: until then the first-run setup is open.';

create table platform.authz_refusal (
  tenant_id uuid not null,
  refusal_id bigint generated always as identity,
  refused_time timestamptz not null,
  who text not null,
  user_id uuid,
  object_type text not null,
  action text not null,
  object jsonb not null,
  because text not null,
  primary key (tenant_id, refusal_id)
);
comment on table platform.authz_refusal is
  'What was refused to whom, for the administrator: the newest 1,000 of a tenant. Not an audit trail.';
call platform.fence('platform.authz_refusal');
