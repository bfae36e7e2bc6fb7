import type { Item, ItemPolicy, Plan } from "@millwright/contracts/api";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { startAttempt } from "../../platform/jobs/attempt.ts";
import { makeLine, type TestPlant } from "../../testing/plant.ts";
import { readSite } from "../identity/index.ts";
import { makePlanJob } from "./make-plan.ts";

/** Makes the plan as the worker's job does, in its real thread. */
export function makeNow(plant: TestPlant, planId: string) {
  const platform = plant.worker;
  const job = makePlanJob({ platform, timeZone });
  const data = { tenantId: tenantIdSchema.parse(plant.tenantId), payload: { planId } };
  const { name } = job;
  const started = { name, jobId: `test-${planId}`, attempt: 1, attemptsMax: 1, data, saveProgress };
  return startAttempt(job, started, 5_000);
}

/** Replaces what an item is planned with, on the version that stands; the answer. */
export async function putPolicy(plant: TestPlant, itemId: string, policy: object) {
  const path = `/api/planning/item-policies/${itemId}`;
  const { version } = await plant.get<ItemPolicy>(path);
  return plant.call("PUT", path, policy, undefined, version);
}

/** Asks for a plan, makes it, and gives it back as it is then. */
export async function plan(
  plant: TestPlant,
  path: "mrp-runs" | "schedules",
  asked: object = {},
): Promise<Plan> {
  // Ids ascend with the clock, and the newest plan is the current one.
  plant.setClock(new Date(plant.now() + 1_000).toISOString());
  const { planId } = await plant.post<Plan>(`/api/planning/${path}`, asked);
  await makeNow(plant, planId).ended;
  return plant.get<Plan>(`/api/planning/plans/${planId}`);
}

/** A bracket of two plates and four bolts, made on a press and a bench, or on machines of other names. */
export async function makeProduct(plant: TestPlant, names = ["Press", "Bench"]) {
  const { item: bracket, machines } = await makeLine(plant, names);
  const buy = (number: string) =>
    plant.post<Item>("/api/items", {
      number,
      name: number,
      kind: "buy",
      uom: "pc",
      operations: [],
    });
  const plate = await buy(`PL-${crypto.randomUUID().slice(0, 8)}`);
  const bolt = await buy(`BO-${crypto.randomUUID().slice(0, 8)}`);
  const bom = await plant.post<{ bomId: string; version: number }>(
    `/api/items/${bracket.itemId}/boms`,
    {
      revision: "A",
      quantity: "1",
      lines: [
        { position: 10, itemId: plate.itemId, quantity: "2", uom: "pc" },
        { position: 20, itemId: bolt.itemId, quantity: "4", uom: "pc" },
      ],
    },
  );
  await plant.post(`/api/boms/${bom.bomId}/approve`, { from: "2026-11-01" });
  return { bracket, plate, bolt, machines };
}

const timeZone = async (tx: Parameters<typeof readSite>[0]) => (await readSite(tx)).timeZone;
const saveProgress = () => Promise.resolve();

export async function countRows(plant: TestPlant, table: string): Promise<number> {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ count: number }>`
      select count(*)::integer as count from ${sql.table(table)}`.execute(tx.over());
    return rows[0]?.count ?? 0;
  });
}
