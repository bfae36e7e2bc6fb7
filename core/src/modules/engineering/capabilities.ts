import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";

/** A skill people have or a tool there is. */
export type Capability = {
  capabilityId: string;
  kind: "skill" | "tool";
  name: string;
  /** Operations that may use it at a time. */
  capacity: number;
};

export async function readCapabilities(tx: Transaction): Promise<Capability[]> {
  const { rows } = await sql<Capability>`
    select capability_id as "capabilityId", kind, name, capacity
      from engineering.capability
     order by kind, name
     limit ${capabilitiesMax}`.execute(tx.over());
  return rows;
}

/** @throws Refusal capability.name_taken */
export async function addCapability(
  tx: Transaction,
  capability: Capability,
  by: Actor,
): Promise<Capability> {
  const { rows } = await sql`
    insert into engineering.capability (tenant_id, capability_id, kind, name, capacity)
    values (${tx.tenantId}, ${capability.capabilityId}, ${capability.kind}, ${capability.name},
            ${capability.capacity})
    on conflict (tenant_id, kind, name) do nothing
    returning capability_id`.execute(tx.over());
  if (rows.length === 0) {
    throw new Refusal(
      "capability.name_taken",
      `There is a ${capability.kind} ${capability.name} already.`,
    );
  }
  recordChange(tx, {
    objectType: "capability",
    objectId: capability.capabilityId,
    label: capability.name,
    before: null,
    after: capability,
    by,
  });
  return capability;
}

const capabilitiesMax = 1_000;
