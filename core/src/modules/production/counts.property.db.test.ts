import fc from "fast-check";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { counted, makeLine, moved, releaseOrder } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { verifyWorkOrder } from "./index.ts";

const { plant } = await plantOfFile();

/** One thing that may happen on the line; machine 0 or 1. */
type Step =
  | {
      kind: "count";
      machine: number;
      role: "count.good" | "count.scrap";
      delta: number;
      afterMs: number;
    }
  | { kind: "late"; machine: number; delta: number; agoMs: number }
  | { kind: "release"; quantity: number }
  | { kind: "command"; command: "hold" | "resume" | "complete" | "cancel" | "close"; nth: number }
  | { kind: "report"; nth: number; step: number; good: number; scrap: number }
  | { kind: "settle" };

const machine = fc.integer({ min: 0, max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("count" as const),
      machine,
      role: fc.constantFrom("count.good" as const, "count.scrap" as const),
      delta: fc.integer({ min: 0, max: 7 }),
      afterMs: fc.integer({ min: 0, max: 3000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("late" as const),
      machine,
      delta: fc.integer({ min: 1, max: 5 }),
      agoMs: fc.integer({ min: 1, max: 120_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("release" as const),
      quantity: fc.integer({ min: 1, max: 10 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("command" as const),
      command: fc.constantFrom("hold", "resume", "complete", "cancel", "close"),
      nth: fc.nat({ max: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("report" as const),
      nth: fc.nat({ max: 5 }),
      step: fc.constantFrom(10, 20),
      good: fc.integer({ min: 0, max: 3 }),
      scrap: fc.integer({ min: 0, max: 2 }),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ kind: "settle" as const }) },
);

test("whatever happens: sent = stored, sent + reported = assigned + unassigned, and every order is its fold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const { machines, item } = await makeLine(plant, [
        `a-${crypto.randomUUID()}`,
        `b-${crypto.randomUUID()}`,
      ]);
      const units = machines.map(({ workUnitId }) => workUnitId);
      const orders: string[] = [];
      const sent = { good: 0, scrap: 0 };
      const reported = { good: 0, scrap: 0 };
      let now = plant.now();
      for (const happened of steps) {
        switch (happened.kind) {
          case "count": {
            const from = now;
            now += happened.afterMs;
            const { role, delta } = happened;
            sent[role === "count.good" ? "good" : "scrap"] += delta;
            const workUnitId = units[happened.machine] ?? "";
            await plant.emit([counted(plant.tenantId, { workUnitId, role, delta, from, at: now })]);
            break;
          }
          case "late": {
            const workUnitId = units[happened.machine] ?? "";
            const entries = [
              { at: now - happened.agoMs, delta: happened.delta },
              { at: now, delta: -happened.delta },
            ];
            await plant.emit([moved(plant.tenantId, { workUnitId, entries })]);
            break;
          }
          case "release":
            orders.push((await releaseOrder(plant, item.itemId, happened.quantity)).workOrderId);
            break;
          case "command": {
            // A refusal is as good an answer as any here.
            const path = `/api/work-orders/${orders[happened.nth] ?? crypto.randomUUID()}`;
            await plant.call("POST", `${path}/${happened.command}`, { reason: "test" });
            break;
          }
          case "report": {
            const { good, scrap } = happened;
            const path = `/api/work-orders/${orders[happened.nth] ?? crypto.randomUUID()}`;
            const pieces = { good: String(good), scrap: String(scrap) };
            const asked = `${path}/operations/${happened.step}/progress`;
            const { status } = await plant.call("POST", asked, pieces);
            if (status === 200) {
              reported.good += good;
              reported.scrap += scrap;
            }
            break;
          }
          default:
            await plant.settle();
        }
      }
      await plant.settle();
      const sums = await readSums(units, orders);
      expect(sums.stored).toEqual(sent);
      expect(sums.accounted).toEqual({
        good: sent.good + reported.good,
        scrap: sent.scrap + reported.scrap,
      });
      for (const workOrderId of orders) {
        const difference = await plant.core.db.inTenant(plant.tenantId, (tx) =>
          verifyWorkOrder(tx, workOrderId),
        );
        expect(difference).toBeNull();
      }
      expect(await readParked()).toEqual([]);
      expect(await readOverlaps(units)).toEqual([]);
    }),
    { numRuns: 25, endOnFailure: true },
  );
}, 60_000);

function readSums(units: readonly string[], orders: readonly string[]) {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ what: string; good: number; scrap: number }>`
      select 'stored' as what, coalesce(sum(good), 0)::int as good, coalesce(sum(scrap), 0)::int as scrap
        from production.count_minute
       where work_unit_id = any (${[...units]}::uuid[])
      union all
      select 'accounted', coalesce(sum(good), 0)::int, coalesce(sum(scrap), 0)::int
        from (select good, scrap
                from production.work_order_operation
               where work_order_id = any (${[...orders]}::uuid[])
              union all
              select good, scrap
                from production.unassigned_count
               where work_unit_id = any (${[...units]}::uuid[])) both_places`.execute(tx.over());
    const sum = (what: string) => {
      const row = rows.find((candidate) => candidate.what === what);
      return { good: row?.good ?? 0, scrap: row?.scrap ?? 0 };
    };
    return { stored: sum("stored"), accounted: sum("accounted") };
  });
}

function readParked() {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql`select reason from platform.parked_event`.execute(tx.over());
    return rows;
  });
}

/** Intervals of one machine that overlap: two operations would own one piece. */
function readOverlaps(units: readonly string[]) {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql`
      select a.assignment_id
        from production.assignment a
        join production.assignment b using (tenant_id, work_unit_id)
       where a.work_unit_id = any (${[...units]}::uuid[])
         and a.assignment_id < b.assignment_id
         and a.valid_from < b.valid_to
         and b.valid_from < a.valid_to`.execute(tx.over());
    return rows;
  });
}
