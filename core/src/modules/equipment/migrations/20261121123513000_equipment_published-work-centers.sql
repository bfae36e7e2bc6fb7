-- Up Migration
create view equipment.v_work_center with (security_invoker = true) as
select tenant_id, work_center_id, area_id, name
  from equipment.work_center;
comment on view equipment.v_work_center is
  'For the contexts above: what a work center is called, without a question per reader. The fence is that of the table.';
