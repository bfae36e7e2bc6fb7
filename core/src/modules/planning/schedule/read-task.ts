import type { ScheduleInput } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";
import { currentPlanId } from "../store/plans.ts";
import { composeTask } from "./compose-task.ts";
import { culpritsMax, ordersLeftOut } from "./finding.ts";
import type { ScheduleRows } from "./schedule-rows.ts";
import type { ScheduleTask } from "./schedule-task.ts";
import { calendarDays } from "./working-time.ts";

/**
 * Everything a schedule is made of, as it stands now: operations of firmed, released and running work
 * orders, where else they can be done, calendars, setup matrix, skills and tools, when material arrives
 * by the current MRP plan, and the current schedule, which the new one stays near to. Of more operations
 * than `operationsMax` it takes whole orders, begun ones first, then by due date; a finding tells the rest.
 */
export async function readScheduleTask(
  tx: Transaction,
  frame: { startDay: string; timeZone: string; requestedTime: Date },
  asked: ScheduleInput,
  operationsMax = operationsMaxDefault,
): Promise<ScheduleTask> {
  const rows: ScheduleRows = {
    operations: await readOperations(tx, operationsMax),
    alternatives: await readAlternatives(tx),
    capabilities: await readCapabilities(tx),
    workCenters: await readWorkCenters(tx),
    workingTime: await readWorkingTime(tx, frame.startDay),
    setups: await readSetups(tx),
    material: await readMaterial(tx, frame.timeZone),
    previous: await readPrevious(tx),
  };
  const leftOut = await readLeftOut(tx, operationsMax);
  const task = composeTask(rows, frame.requestedTime);
  const findings =
    leftOut === null ? task.findings : [ordersLeftOut(leftOut, operationsMax), ...task.findings];
  const { seconds, seed } = asked;
  return { ...task, findings, seconds, seed };
}

/** Ten times the plants that were studied. */
const operationsMaxDefault = 50_000;

/**
 * Open operations with `reached`: how many there are up to the end of their order, begun orders first,
 * then those that are due first. All of an order have the same.
 */
const openOperations = sql`
    select o.*, count(*) over (order by o.work_order_state <> 'in_progress', o.due_date, o.number,
                                        o.work_order_id) as reached
      from production.v_open_operation o`;

async function readLeftOut(
  tx: Transaction,
  operationsMax: number,
): Promise<{ count: number; first: string[] } | null> {
  const { rows } = await sql<{ number: string; count: number }>`
    select o.number, (count(*) over ())::integer as count
      from (${openOperations}) o
     where o.reached > ${operationsMax}
     group by o.work_order_id, o.number, o.reached
     order by o.reached
     limit ${culpritsMax}`.execute(tx.over());
  const [next] = rows;
  return next === undefined ? null : { count: next.count, first: rows.map(({ number }) => number) };
}

async function readOperations(
  tx: Transaction,
  operationsMax: number,
): Promise<ScheduleRows["operations"]> {
  const { rows } = await sql<ScheduleRows["operations"][number]>`
    select o.work_order_id as "workOrderId", o.number, o.item_id as "itemId",
           o.item_number as "itemNumber", o.step, o.name, o.work_center_id as "workCenterId", o.state,
           greatest(o.quantity - o.good, 0)::float8 as left, o.run_ms_per_unit as "runMsPerUnit",
           o.setup_ms as "setupMs", o.due_date as "dueTime", o.work_order_state as "workOrderState",
           r.transfer_quantity::float8 as "transferQuantity", r.setup_family_id as "setupFamilyId"
      from (${openOperations}) o
      left join engineering.v_routing_operation r using (item_id, step)
     where o.reached <= ${operationsMax}
     order by o.number, o.work_order_id, o.step`.execute(tx.over());
  return rows;
}

async function readAlternatives(tx: Transaction): Promise<ScheduleRows["alternatives"]> {
  const { rows } = await sql<ScheduleRows["alternatives"][number]>`
    select a.item_id as "itemId", a.step, a.work_center_id as "workCenterId",
           a.run_ms_per_unit as "runMsPerUnit", a.setup_ms as "setupMs"
      from engineering.v_routing_alternative a
     where a.item_id in (select item_id from production.v_open_operation)
     order by a.item_id, a.step, a.priority`.execute(tx.over());
  return rows;
}

async function readCapabilities(tx: Transaction): Promise<ScheduleRows["capabilities"]> {
  const { rows } = await sql<ScheduleRows["capabilities"][number]>`
    select item_id as "itemId", step, capability_id as "capabilityId", name, capacity
      from engineering.v_routing_capability
     where item_id in (select item_id from production.v_open_operation)
     order by item_id, step, capability_id`.execute(tx.over());
  return rows;
}

async function readWorkCenters(tx: Transaction): Promise<ScheduleRows["workCenters"]> {
  const { rows } = await sql<ScheduleRows["workCenters"][number]>`
    select w.work_center_id as "workCenterId", w.name, c.calendar_id as "calendarId"
      from equipment.v_work_center w
      left join engineering.v_work_center_calendar c using (work_center_id)
     order by w.name, w.work_center_id`.execute(tx.over());
  return rows;
}

async function readWorkingTime(
  tx: Transaction,
  startDay: string,
): Promise<ScheduleRows["workingTime"]> {
  // Two days more on each side: a night shift of the day before may still run, and it may be another day
  // where the calendar is.
  const { rows } = await sql<ScheduleRows["workingTime"][number]>`
    select c.calendar_id as "calendarId", t.starts, t.ends
      from (select distinct calendar_id from engineering.v_work_center_calendar) c
      cross join lateral engineering.working_time(
        c.calendar_id, ${startDay}::date - 2, ${startDay}::date + ${calendarDays + 2}::integer) t
     order by c.calendar_id, t.starts`.execute(tx.over());
  return rows;
}

async function readSetups(tx: Transaction): Promise<ScheduleRows["setups"]> {
  const { rows } = await sql<ScheduleRows["setups"][number]>`
    select work_center_id as "workCenterId", from_family_id as "fromId", to_family_id as "toId",
           minutes::float8 as minutes
      from engineering.v_setup_time`.execute(tx.over());
  return rows;
}

async function readMaterial(tx: Transaction, timeZone: string): Promise<ScheduleRows["material"]> {
  const { rows } = await sql<ScheduleRows["material"][number]>`
    select distinct on (p.need_reference)
           p.need_reference as "workOrderId", i.number as "itemNumber",
           p.supply_day::timestamp at time zone ${timeZone} as arrives
      from planning.peg p
      join engineering.v_item i using (item_id)
     where p.plan_id = ${currentPlanId(sql`'mrp'`)}
       and p.need_kind = 'work_order'
       and p.supply_day is not null
     order by p.need_reference, p.supply_day desc`.execute(tx.over());
  return rows;
}

async function readPrevious(tx: Transaction): Promise<ScheduleRows["previous"]> {
  const { rows } = await sql<ScheduleRows["previous"][number]>`
    select work_order_id as "workOrderId", step, work_center_id as "workCenterId", starts
      from planning.scheduled_operation
     where plan_id = ${currentPlanId(sql`'schedule'`)}`.execute(tx.over());
  return rows;
}
