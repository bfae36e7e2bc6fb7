-- Up Migration
-- A new price or cost changes no index: with room in the page the new version of a row stays in it, and a
-- change of all prices does not write every index anew.
alter table engineering.item set (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
