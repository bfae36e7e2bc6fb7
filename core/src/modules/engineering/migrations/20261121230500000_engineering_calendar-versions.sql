-- Up Migration
-- Who keeps what was planned with a calendar sees by its version that it changed, without its shifts.
create or replace view engineering.v_work_center_calendar with (security_invoker = true) as
select w.tenant_id, w.work_center_id, w.calendar_id, c.version as calendar_version
  from engineering.work_center_calendar w
  join engineering.calendar c using (tenant_id, calendar_id);

-- Planning asks which products something comes out beside.
create index bom_by_product_item on engineering.bom_by_product (tenant_id, item_id);
