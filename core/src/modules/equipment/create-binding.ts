import type { Actor } from "@millwright/contracts/events";
import type { BindingRole, MachineState } from "@millwright/contracts/states";
import { bindingIdSchema, workUnitIdSchema } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import type { IdentityModule } from "../identity/index.ts";
import { readWorkUnits } from "./queries.ts";
import { endBinding, insertBinding } from "./store/bindings.ts";

type Deps = { identity: IdentityModule; newId: () => string; now: Date; actor: Actor };

export type AskedBinding = {
  edgeNodeId: string;
  deviceId: string;
  metricName: string;
  role: BindingRole;
  workUnitId: string;
  unit: string;
  valueMap: Record<string, MachineState>;
  rolloverAt: string | null;
};

/**
 * Says what a metric means from now on; what it meant in this role ends now. The metric need not have
 * been seen yet: bindings may be prepared before the gateway is plugged in.
 * @throws Refusal work_unit.unknown · binding.value_map_missing
 */
export async function createBinding(
  tx: Transaction,
  deps: Deps,
  asked: AskedBinding,
): Promise<{ bindingId: string }> {
  const { groupId } = await deps.identity.site(tx);
  const [workUnit] = await readWorkUnits(tx, [asked.workUnitId]);
  if (workUnit === undefined) {
    throw new Refusal("work_unit.unknown", `There is no work unit ${asked.workUnitId}.`, {
      kind: "absent",
    });
  }
  if (asked.role === "state" && Object.keys(asked.valueMap).length === 0) {
    throw new Refusal(
      "binding.value_map_missing",
      "A state binding needs a value map: which raw value is which machine state.",
      { kind: "invalid" },
    );
  }
  const binding = { ...asked, bindingId: deps.newId(), groupId, validFrom: deps.now };
  const ended = await endBinding(tx, binding);
  await insertBinding(tx, binding);
  tx.emit([...ended, binding].map((changed) => bindingChanged(tx, changed, deps.actor)));
  return { bindingId: binding.bindingId };
}

function bindingChanged(
  tx: Transaction,
  changed: { bindingId: string; workUnitId: string },
  actor: Actor,
) {
  return newEvent("equipment.binding_changed@1", {
    tenantId: tx.tenantId,
    stream: `binding:${changed.bindingId}`,
    streamVersion: null,
    payload: {
      bindingId: bindingIdSchema.parse(changed.bindingId),
      workUnitId: workUnitIdSchema.parse(changed.workUnitId),
    },
    actor,
  });
}
