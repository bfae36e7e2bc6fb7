-- Up Migration
-- Ids only, and of at most so many companies: figures are read for each of them under its own fence.
create function identity.tenant_ids(at_most integer) returns setof uuid
  language sql stable security definer set search_path = pg_catalog
  as $$ select tenant_id from identity.tenant order by tenant_id limit least(at_most, 1000) $$;
