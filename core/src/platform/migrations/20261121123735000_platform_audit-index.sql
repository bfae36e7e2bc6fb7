-- Up Migration
-- The audit page reads what people and the system did; machines write a thousand times as much.
create index event_audit on platform.event (tenant_id, position desc)
  where (actor ->> 'kind') <> 'machine';
