-- Up Migration
alter table production.unassigned_count
  drop constraint unassigned_count_reason_check,
  add constraint unassigned_count_reason_check check (reason in ('no_operation', 'order_closed', 'dismissed'));
