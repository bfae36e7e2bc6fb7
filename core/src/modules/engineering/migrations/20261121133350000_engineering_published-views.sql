-- Up Migration
create view engineering.v_item with (security_invoker = true) as
select tenant_id, item_id, number, name, kind, uom
  from engineering.item;
comment on view engineering.v_item is 'Items for the contexts above, as a set.';

create view engineering.v_uom with (security_invoker = true) as
select tenant_id, uom, decimals
  from engineering.uom;
comment on view engineering.v_uom is 'Units a company added to the standard ones, which contracts list.';

create view engineering.v_routing_operation with (security_invoker = true) as
select tenant_id, item_id, step, name, work_center_id, run_ms_per_unit, setup_ms, transfer_quantity,
       setup_family_id
  from engineering.routing_operation;
comment on view engineering.v_routing_operation is 'Routings as they are now, for planning.';

create view engineering.v_routing_alternative with (security_invoker = true) as
select tenant_id, item_id, step, work_center_id, priority, run_ms_per_unit, setup_ms
  from engineering.routing_alternative;
comment on view engineering.v_routing_alternative is 'Other work centers that can do a step, for planning.';

create view engineering.v_routing_capability with (security_invoker = true) as
select r.tenant_id, r.item_id, r.step, r.capability_id, c.name, c.capacity
  from engineering.routing_capability r
  join engineering.capability c using (tenant_id, capability_id);
comment on view engineering.v_routing_capability is 'Skills and tools a step needs, and how many operations may use each at a time.';

create view engineering.v_setup_time with (security_invoker = true) as
select tenant_id, work_center_id, from_family_id, to_family_id, minutes
  from engineering.setup_time;
comment on view engineering.v_setup_time is 'Setup matrix in minutes; work_center_id null: every work center without an entry of its own.';

create view engineering.v_work_center_calendar with (security_invoker = true) as
select tenant_id, work_center_id, calendar_id
  from engineering.work_center_calendar;
comment on view engineering.v_work_center_calendar is 'The calendar of a work center, for engineering.working_time; absent: it works always.';
