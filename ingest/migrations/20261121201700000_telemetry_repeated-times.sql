-- Up Migration
-- Stretches of source time that the device's clock told twice, [{"from": ms, "to": ms}]: a late reading
-- in one tells nothing, and a stored one is nobody's neighbour.
alter table telemetry.counter_state add column repeated jsonb not null default '[]';
