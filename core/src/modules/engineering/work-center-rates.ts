import type { Actor } from "@millwright/contracts/events";
import type { Price } from "@millwright/contracts/units";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Equipment } from "../equipment/index.ts";

/** What an hour of a work center costs, in the company's currency. */
export type WorkCenterRate = { workCenterId: string; costPerHour: Price };

export async function readWorkCenterRates(tx: Transaction): Promise<WorkCenterRate[]> {
  const { rows } = await sql<WorkCenterRate>`
    select work_center_id as "workCenterId", cost_per_hour::text as "costPerHour"
      from engineering.work_center_rate
     order by work_center_id`.execute(tx.over());
  return rows;
}

/** @throws Refusal work_center.unknown */
export async function setWorkCenterRate(
  tx: Transaction,
  equipment: Equipment,
  rate: WorkCenterRate,
  by: Actor,
): Promise<WorkCenterRate> {
  const centers = await equipment.workCenters(tx);
  const center = centers.find(({ workCenterId }) => workCenterId === rate.workCenterId);
  if (center === undefined) {
    throw new Refusal("work_center.unknown", `There is no work center ${rate.workCenterId}.`, {
      kind: "absent",
    });
  }
  const rates = await readWorkCenterRates(tx);
  const before = rates.find(({ workCenterId }) => workCenterId === rate.workCenterId) ?? null;
  await sql`
    insert into engineering.work_center_rate (tenant_id, work_center_id, cost_per_hour)
    values (${tx.tenantId}, ${rate.workCenterId}, ${rate.costPerHour})
    on conflict (tenant_id, work_center_id) do update set cost_per_hour = excluded.cost_per_hour`.execute(
    tx.over(),
  );
  recordChange(tx, {
    objectType: "work_center_rate",
    objectId: rate.workCenterId,
    label: center.name,
    before,
    after: rate,
    by,
  });
  return rate;
}
