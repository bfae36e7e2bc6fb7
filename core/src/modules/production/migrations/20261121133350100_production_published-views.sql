-- Up Migration
create view production.v_open_work_order with (security_invoker = true) as
select o.tenant_id, o.work_order_id, o.number, o.item_id, o.quantity, o.due_date, o.state,
       -- What left the last step is made; stock is told by the receipt.
       coalesce((select op.good
                   from production.work_order_operation op
                  where op.work_order_id = o.work_order_id
                  order by op.step desc
                  limit 1), 0) as good
  from production.work_order o
 where o.state in ('firmed', 'released', 'in_progress', 'on_hold');
comment on view production.v_open_work_order is
  'Orders that are meant and not complete, for planning: quantity - good will still arrive.';

create view production.v_open_operation with (security_invoker = true) as
select op.tenant_id, op.work_order_id, op.step, op.name, op.work_center_id, op.state, op.good,
       op.run_ms_per_unit, op.setup_ms, op.started_time, o.number, o.item_id, o.item_number,
       o.quantity, o.due_date, o.state as work_order_state
  from production.work_order_operation op
  join production.work_order o using (work_order_id)
 where o.state in ('firmed', 'released', 'in_progress', 'on_hold')
   and op.state in ('waiting', 'ready', 'setup', 'running', 'paused');
comment on view production.v_open_operation is 'Operations still to be done, for scheduling.';
