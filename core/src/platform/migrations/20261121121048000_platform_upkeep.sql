-- Up Migration
-- The worker makes next month's partition (job platform.ensure_event_partitions); the table is the
-- owner's, so the procedure runs as the owner. It waits at most 5 s for its lock, because everybody who
-- writes the log would wait behind it; the job tries again.
alter procedure platform.ensure_event_partitions(date, integer)
  security definer
  set search_path = pg_catalog
  set lock_timeout = '5s';

-- Answers older than 24 hours of every tenant, at most so many. Returns how many were there.
create function platform.forget_idempotency_keys(at_most integer) returns integer
  language plpgsql security definer set search_path = pg_catalog
  as $$
declare
  removed integer;
begin
  delete from platform.idempotency_key
   where ctid = any (array(select ctid
                             from platform.idempotency_key
                            where created_time < now() - interval '24 hours'
                            order by created_time
                            limit at_most
                              for update skip locked));
  get diagnostics removed = row_count;
  return removed;
end
$$;
create policy upkeep on platform.idempotency_key to current_user using (true);
