import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { IdentityModule } from "../identity/index.ts";
import { ensureArea, insertWorkCenter, insertWorkUnit } from "./store/hierarchy.ts";

type Deps = { identity: IdentityModule; newId: () => string };

/**
 * Makes a work center, its area if that is new, and one work unit of the same name unless it is a
 * manual bench.
 * @throws Refusal work_center.name_taken
 */
export async function createWorkCenter(
  tx: Transaction,
  deps: Deps,
  asked: { areaName: string; name: string; isManual: boolean },
): Promise<{ workCenterId: string; workUnitId: string | null }> {
  const { siteId } = await deps.identity.site(tx);
  const areaId = await ensureArea(tx, { areaId: deps.newId(), siteId, name: asked.areaName });
  const workCenterId = deps.newId();
  const isNew = await insertWorkCenter(tx, { workCenterId, areaId, name: asked.name });
  if (!isNew) {
    throw new Refusal(
      "work_center.name_taken",
      `Area ${asked.areaName} already has a work center ${asked.name}.`,
    );
  }
  if (asked.isManual) return { workCenterId, workUnitId: null };
  const workUnitId = deps.newId();
  await insertWorkUnit(tx, { workUnitId, workCenterId, name: asked.name });
  return { workCenterId, workUnitId };
}
