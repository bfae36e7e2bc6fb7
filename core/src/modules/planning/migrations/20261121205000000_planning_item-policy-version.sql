-- Up Migration
-- Two planners who edit one policy: the second is told, not obeyed.
alter table planning.item_policy add column version integer not null default 1;
