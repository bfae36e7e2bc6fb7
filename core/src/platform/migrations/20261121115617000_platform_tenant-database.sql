-- Up Migration
create table platform.tenant_database (
  tenant_id uuid primary key,
  -- A database on this server by name, or a URL. Never with a login: processes take the one they have.
  address text not null check (
    address ~ '^[a-z][a-z0-9_]{0,62}$'
    or (address ~ '^postgres(ql)?://[^/@]+/[^/@]+$' and address !~* '(user|password)=')
  ),
  created_time timestamptz not null default now()
);
comment on table platform.tenant_database is
  'The registry: which tenants live in a database of their own, and where. A tenant without a row lives in this one.';
call platform.fence('platform.tenant_database');

-- Every process reads all of it, without being any of the tenants. Only the owner writes it.
create policy installation on platform.tenant_database for select to current_user using (true);
create function platform.tenant_databases() returns table (tenant_id uuid, address text)
  language sql stable security definer set search_path = pg_catalog
  as $$ select d.tenant_id, d.address from platform.tenant_database d order by d.created_time, d.tenant_id $$;
