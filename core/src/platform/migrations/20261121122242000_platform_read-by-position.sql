-- Up Migration
-- Readers of the log walk its primary key. The end was found by max(), which row security keeps from
-- using an index, so it read the whole log; and the planner sorted what it could have walked, because
-- it cannot know how little a limit takes. In PL/pgSQL the plan over all months is made once a session.
create or replace function platform.last_position() returns bigint
  language plpgsql stable security definer
  set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
  as $$
declare
  last bigint;
begin
  select e.position into last from platform.event e order by e.position desc limit 1;
  return coalesce(last, 0);
end
$$;

create or replace function platform.read_events(after_position bigint, at_most integer, types text[] default null)
  returns setof platform.event
  language plpgsql stable security definer
  set search_path = pg_catalog
  set enable_seqscan = off set enable_bitmapscan = off set enable_sort = off
  set plan_cache_mode = force_generic_plan
  as $$
begin
  return query
  select e.* from platform.event e
   where e.position > after_position and (types is null or e.type = any (types))
   order by e.position
   limit least(at_most, 10000);
end
$$;
