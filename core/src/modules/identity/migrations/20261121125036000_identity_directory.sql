-- Up Migration
create table identity.directory (
  tenant_id uuid not null,
  user_id uuid not null,
  email text not null check (length(email) between 3 and 254),
  primary key (tenant_id, user_id)
);
comment on table identity.directory is
  'Addresses of people whose company has a database of its own, so that sign-in need not ask every database. Kept by subscription identity.directory.';
create index directory_sign_in on identity.directory (lower(email));
call platform.fence('identity.directory');

create policy sign_in on identity.directory for select to current_user using (true);
create function identity.sign_in_accounts(asked_email text) returns table (tenant_id uuid, user_id uuid)
  language sql stable security definer set search_path = pg_catalog
  as $$
  select u.tenant_id, u.user_id from identity.app_user u where lower(u.email) = lower(asked_email)
  union
  select d.tenant_id, d.user_id from identity.directory d where lower(d.email) = lower(asked_email)
  order by 1, 2
   limit 20
$$;
comment on function identity.sign_in_accounts is
  'The companies of the installation in which an address is somebody''s, wherever they live.';
