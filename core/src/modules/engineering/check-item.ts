import type { Item } from "@millwright/contracts/api";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Equipment } from "../equipment/index.ts";
import { findUom, type Uom } from "./domain/uom.ts";
import { readUoms } from "./store/uoms.ts";

/**
 * What must hold of an item before it is saved.
 * @throws Refusal item.steps_not_unique · item.alternative_twice · item.serials_are_whole ·
 *   work_center.unknown · uom.unknown · setup_family.unknown · capability.unknown
 */
export async function checkItem(tx: Transaction, equipment: Equipment, item: Item): Promise<void> {
  checkAgainst(item, await readSurroundings(tx, equipment));
  await checkReferences(tx, item);
}

/** What items name and must exist, read once for as many as are checked. */
export type Surroundings = { uoms: readonly Uom[]; workCenterIds: ReadonlySet<string> };

export async function readSurroundings(
  tx: Transaction,
  equipment: Equipment,
): Promise<Surroundings> {
  const uoms = await readUoms(tx);
  const workCenters = await equipment.workCenters(tx);
  return { uoms, workCenterIds: new Set(workCenters.map(({ workCenterId }) => workCenterId)) };
}

/** The rules of `checkItem` but those about setup families and capabilities. */
export function checkAgainst(item: Item, { uoms, workCenterIds }: Surroundings): void {
  checkSteps(item);
  const uom = findUom(uoms, item.uom);
  if (uom === null) {
    throw invalid(
      "uom.unknown",
      `There is no unit ${item.uom}: use one of GET /api/uoms, or add it with POST /api/uoms.`,
    );
  }
  if (item.tracking === "serial" && uom.decimals !== 0) {
    throw invalid(
      "item.serials_are_whole",
      `A serial names one piece, and ${item.uom} can be divided: track by lot, or count in pc.`,
    );
  }
  checkWorkCenters(item, workCenterIds);
}

function checkSteps({ operations }: Item): void {
  const steps = operations.map((operation) => operation.step);
  if (new Set(steps).size !== steps.length) {
    throw invalid("item.steps_not_unique", "Two operations have the same step number.");
  }
  for (const { step, workCenterId, alternatives } of operations) {
    const centers = [workCenterId, ...alternatives.map((other) => other.workCenterId)];
    if (new Set(centers).size !== centers.length) {
      throw invalid("item.alternative_twice", `Step ${step} names one work center twice.`);
    }
  }
}

function checkWorkCenters(item: Item, known: ReadonlySet<string>): void {
  for (const { step, workCenterId, alternatives } of item.operations) {
    const centers = [workCenterId, ...alternatives.map((other) => other.workCenterId)];
    if (centers.every((center) => known.has(center))) continue;
    throw invalid("work_center.unknown", `Step ${step} names a work center that does not exist.`);
  }
}

/** The keys would refuse as well, but not by name. */
async function checkReferences(tx: Transaction, item: Item): Promise<void> {
  const families = item.operations.flatMap(({ setupFamilyId }) => setupFamilyId ?? []);
  const capabilities = item.operations.flatMap(({ capabilityIds }) => capabilityIds);
  if (families.length === 0 && capabilities.length === 0) return;
  const { rows } = await sql<{ family: string | null; capability: string | null }>`
    select (select asked from unnest(${families}::uuid[]) asked
             where not exists (select from engineering.setup_family where setup_family_id = asked)
             limit 1) as family,
           (select asked from unnest(${capabilities}::uuid[]) asked
             where not exists (select from engineering.capability where capability_id = asked)
             limit 1) as capability`.execute(tx.over());
  const [lost] = rows;
  if (lost?.family != null) {
    throw invalid("setup_family.unknown", `There is no setup family ${lost.family}.`);
  }
  if (lost?.capability != null) {
    throw invalid("capability.unknown", `There is no skill or tool ${lost.capability}.`);
  }
}

function invalid(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
