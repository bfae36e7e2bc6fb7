-- Up Migration
-- Until there is sign-in a request has no tenant of its own: it belongs to the only one there is.
create policy installation on identity.tenant for select to current_user using (true);
create function identity.only_tenant() returns uuid
  language sql stable security definer set search_path = pg_catalog
  as $$ select min(tenant_id::text)::uuid from identity.tenant having count(*) = 1 $$;
comment on function identity.only_tenant() is 'The single tenant of this installation; null when there is none or more than one.';
