-- Up Migration
create table identity.oidc_provider (
  provider_id uuid primary key,
  tenant_id uuid not null references identity.tenant,
  name text not null check (length(name) between 1 and 60),
  issuer text not null check (length(issuer) <= 500),
  client_id text not null check (length(client_id) between 1 and 200),
  -- Sealed by a key of DATA_DIR/secrets: a copy of the database alone is no use to anybody.
  client_secret_sealed text not null,
  scopes text not null,
  is_active boolean not null,
  provisions boolean not null,
  default_roles text[] not null check (cardinality(default_roles) <= 50),
  role_claim text,
  roles_by_claim jsonb not null check (jsonb_typeof(roles_by_claim) = 'object'),
  version integer not null default 1 check (version > 0),
  unique (tenant_id, name),
  unique (tenant_id, provider_id)
);
comment on table identity.oidc_provider is 'OpenID providers by which people of a company may sign in.';
call platform.fence('identity.oidc_provider');

create table identity.oidc_account (
  tenant_id uuid not null,
  provider_id uuid not null,
  -- The provider's own name of the person (claim sub): addresses change hands, this does not.
  subject text not null check (length(subject) between 1 and 255),
  user_id uuid not null,
  linked_time timestamptz not null,
  primary key (tenant_id, provider_id, subject),
  -- One person of a provider per user: a second one who shows the same address is not let in.
  unique (tenant_id, provider_id, user_id),
  foreign key (tenant_id, provider_id)
    references identity.oidc_provider (tenant_id, provider_id) on delete cascade,
  foreign key (tenant_id, user_id) references identity.app_user (tenant_id, user_id) on delete cascade
);
comment on table identity.oidc_account is 'Which user a person of a provider is, since their first sign-in by it.';
call platform.fence('identity.oidc_account');

-- The sign-in page knows no tenant. It learns names of providers and where their buttons lead, no more.
create policy sign_in on identity.oidc_provider for select to current_user using (true);
create function identity.sign_in_providers() returns table (tenant_id uuid, provider_id uuid, name text)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select p.tenant_id, p.provider_id, p.name
    from identity.oidc_provider p
   where p.is_active
   order by p.name, p.provider_id
   limit 20
$$;
