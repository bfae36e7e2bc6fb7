-- Up Migration
-- A page of orders read the operations of each of them, which was three quarters of what it cost. Written
-- with the operations, in the same transaction; `verifyWorkOrder` compares both.
alter table production.work_order
  add column good numeric not null default 0,
  add column scrap numeric not null default 0,
  add column current_step integer,
  add column current_operation_name text;
comment on column production.work_order.good is 'Good pieces of the last operation, in the order''s unit.';
comment on column production.work_order.scrap is 'Scrapped pieces of the last operation, in the order''s unit.';
comment on column production.work_order.current_step is
  'The operation that runs, else one that pauses, else one that may start; null when there is none.';

-- Of all companies: row security shows the owner one at a time.
alter table production.work_order no force row level security;
alter table production.work_order_operation no force row level security;
update production.work_order o
   set good = last_op.good, scrap = last_op.scrap,
       current_step = now_op.step, current_operation_name = now_op.name
  from (select distinct on (work_order_id) work_order_id, good, scrap
          from production.work_order_operation
         order by work_order_id, step desc) last_op
  left join (select distinct on (work_order_id) work_order_id, step, name
               from production.work_order_operation
              where state in ('running', 'paused', 'ready')
              order by work_order_id, case state when 'running' then 0 when 'paused' then 1 else 2 end, step) now_op
    on now_op.work_order_id = last_op.work_order_id
 where last_op.work_order_id = o.work_order_id;
alter table production.work_order_operation force row level security;
alter table production.work_order force row level security;
