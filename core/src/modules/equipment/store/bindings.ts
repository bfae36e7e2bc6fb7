import type { BindingRole, MachineState } from "@millwright/contracts/states";
import { sql } from "kysely";

import type { Transaction } from "../../../platform/db/transaction.ts";

export type NewBinding = {
  bindingId: string;
  workUnitId: string;
  groupId: string;
  edgeNodeId: string;
  deviceId: string;
  metricName: string;
  role: BindingRole;
  unit: string;
  valueMap: Record<string, MachineState>;
  /** Decimal integer; null: the register never starts again. */
  rolloverAt: string | null;
  validFrom: Date;
};

/** Ends what the metric meant in this role until now; gives back what ended. */
export async function endBinding(
  tx: Transaction,
  binding: NewBinding,
): Promise<{ bindingId: string; workUnitId: string }[]> {
  const { rows } = await sql<{ bindingId: string; workUnitId: string }>`
    update equipment.binding
       set valid_to = greatest(${binding.validFrom}, valid_from)
     where tenant_id = ${tx.tenantId}
       and group_id = ${binding.groupId}
       and edge_node_id = ${binding.edgeNodeId}
       and device_id = ${binding.deviceId}
       and metric_name = ${binding.metricName}
       and role = ${binding.role}
       and valid_to = 'infinity'
    returning binding_id as "bindingId", work_unit_id as "workUnitId"`.execute(tx.over());
  return rows;
}

export async function insertBinding(tx: Transaction, binding: NewBinding): Promise<void> {
  await sql`
    insert into equipment.binding
      (binding_id, tenant_id, work_unit_id, group_id, edge_node_id, device_id, metric_name, role, unit,
       value_map, rollover_at, valid_from)
    values
      (${binding.bindingId}, ${tx.tenantId}, ${binding.workUnitId}, ${binding.groupId},
       ${binding.edgeNodeId}, ${binding.deviceId}, ${binding.metricName}, ${binding.role},
       ${binding.unit}, ${JSON.stringify(binding.valueMap)}::jsonb, ${binding.rolloverAt}::numeric,
       ${binding.validFrom})`.execute(tx.over());
}
