import { once } from "node:events";

import type { Demand, Item, Plan, PlannedOrder } from "@millwright/contracts/api";
import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { contentOf, forget, runMrpNow } from "./net-change.fixture.ts";
import { lockOrdersMeant, type OrdersMeant, readOrdersMeant } from "./store/orders-meant.ts";
import { makeInProcess } from "./net-change-process.fixture.ts";
import { countRows, makeNow, makeProduct, putPolicy } from "./testing.fixture.ts";

const { database, plant } = await plantOfFile();
let product: Awaited<ReturnType<typeof makeProduct>>;
let other: Awaited<ReturnType<typeof makeProduct>>;

beforeAll(async () => {
  product = await makeProduct(plant);
  other = await makeProduct(plant, ["Lathe"]);
});

const demand = (itemId: string, quantity: string, dueDay = "2026-12-14") =>
  plant.post<Demand>("/api/planning/demands", {
    kind: "sales_order",
    itemId,
    quantity,
    dueDay,
    reference: "SO-1",
  });
const netChange = (asked: object = {}) => runMrpNow(plant, { mode: "net_change", ...asked });
const get = (planId: string) => plant.get<Plan>(`/api/planning/plans/${planId}`);
const ordersOf = async (planId: string) =>
  (await plant.get<{ rows: PlannedOrder[] }>(`/api/planning/plans/${planId}/orders?limit=100`))
    .rows;
const orderOfBracket = async (planId: string, dueDay: string) => {
  const order = (await ordersOf(planId)).find(
    (each) => each.itemId === product.bracket.itemId && each.dueDay === dueDay,
  );
  if (order === undefined) throw new Error(`no order of the bracket for ${dueDay}`);
  return order;
};
const ask = (asked: object) => plant.call("POST", "/api/planning/mrp-runs", asked);

/** The plan says what a full run of this moment says, which is asked with the same. */
async function expectUpToDate(planId: string, asked: object = {}): Promise<void> {
  const full = await runMrpNow(plant, asked);
  expect(await contentOf(plant, planId)).toEqual(await contentOf(plant, full.planId));
  await forget(plant, full.planId);
}

/** Holds the plan's row while `work` runs, which is given what waits for somebody to wait for it. */
async function holding(
  planId: string,
  how: "update" | "share",
  work: (someoneWaits: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ pid: number }>`
      select pg_backend_pid() as pid from planning.plan
       where plan_id = ${planId} for ${sql.raw(how)}`.execute(tx.over());
    const pid = rows[0]?.pid ?? 0;
    await work(() =>
      until("somebody waits for the plan", async () => {
        const waiting = await plant.core.db.query(sql`
          select from pg_locks where not granted and ${pid} = any(pg_blocking_pids(pid))`);
        return waiting.length > 0;
      }),
    );
  });
}

test("without a plan there is nothing to bring up to date, and it says what to do", async () => {
  const refused = await ask({ mode: "net_change" });
  expect(refused).toMatchObject({
    status: 409,
    body: {
      code: "plan.none_to_update",
      detail: expect.stringContaining("Run MRP regeneratively"),
    },
  });
  expect(await countRows(plant, "planning.plan")).toBe(0);
});

test("plans what a demand touches and leaves everything else as it was, numbers too", async () => {
  await demand(product.bracket.itemId, "5");
  await demand(other.bracket.itemId, "3");
  const made = await runMrpNow(plant, {});
  expect(made).toMatchObject({ mode: "regenerative", lastUpdate: null, isCurrent: true });
  const before = await ordersOf(made.planId);
  await demand(product.bracket.itemId, "2", "2026-12-21");
  const run = await netChange();
  expect(run).toMatchObject({
    state: "done",
    mode: "net_change",
    basePlanId: made.planId,
    isCurrent: false,
    fallback: null,
    // The bracket, its plates and its bolts: an order more of each.
    summary: { changedItems: 1, replannedItems: 3, changedOrders: 3 },
  });
  expect(await get(made.planId)).toMatchObject({
    isCurrent: true,
    summary: { orders: before.length + 3, demands: 3 },
    lastUpdate: { time: run.finishedTime, changedItems: 1, replannedItems: 3, changedOrders: 3 },
  });
  const after = await ordersOf(made.planId);
  expect(after).toEqual(expect.arrayContaining(before));
  // Fresh numbers: nobody who looks at an older page acts on another order than he sees.
  const added = after.filter(({ orderNumber }) => orderNumber > before.length);
  expect(added).toHaveLength(3);
  await expectUpToDate(made.planId);
  const nothing = await netChange();
  expect(nothing.summary).toEqual({ changedItems: 0, replannedItems: 0, changedOrders: 0 });
  expect(await ordersOf(made.planId)).toEqual(after);
});

test("a number is never given to another order, also when the last one is gone", async () => {
  const [current] = (await plant.get<{ rows: Plan[] }>("/api/planning/plans?kind=mrp")).rows.filter(
    ({ isCurrent }) => isCurrent,
  );
  const planId = current?.planId ?? "";
  const last = Math.max(...(await ordersOf(planId)).map(({ orderNumber }) => orderNumber));
  const { rows } = await plant.get<{ rows: Demand[] }>("/api/planning/demands");
  const late = rows.find(({ dueDay }) => dueDay === "2026-12-21");
  await plant.call("DELETE", `/api/planning/demands/${late?.demandId}`);
  await netChange();
  await demand(product.bracket.itemId, "9", "2026-12-28");
  await netChange();
  const numbers = (await ordersOf(planId)).map(({ orderNumber }) => orderNumber);
  expect(numbers).not.toContain(last);
  expect(Math.max(...numbers)).toBeGreaterThan(last);
  await expectUpToDate(planId);
});

test("a what-if is brought up to date with what it was asked with", async () => {
  const asked = {
    name: "rush",
    extraDemands: [{ itemId: product.bracket.itemId, quantity: "4", dueDay: "2026-12-18" }],
    policies: [{ itemId: product.plate.itemId, leadDays: 9 }],
  };
  const whatIf = await runMrpNow(plant, asked);
  await demand(product.bracket.itemId, "1", "2026-12-23");
  const run = await netChange({ planId: whatIf.planId });
  expect(run).toMatchObject({ mode: "net_change", basePlanId: whatIf.planId, isWhatIf: true });
  await expectUpToDate(whatIf.planId, asked);
});

test("sees what nobody tells: demands from a file, stock that expires by the clock", async () => {
  const milk = await plant.post<Item>("/api/items", { ...thing("MILK", "pc"), tracking: "lot" });
  const site = await makePlace(plant, "site", "DAIRY");
  const bin = await makePlace(plant, "bin", "D-1", await makePlace(plant, "warehouse", "D", site));
  const farm = await makePlace(plant, "supplier", "FARM");
  const base = await runMrpNow(plant, {});
  const bought = async () => {
    expect(await netChange()).toMatchObject({ mode: "net_change", summary: { changedItems: 1 } });
    return (await ordersOf(base.planId)).filter(({ itemId }) => itemId === milk.itemId).length;
  };
  const imported = await plant.app.api.request("/api/planning/demands/import", {
    method: "POST",
    headers: { authorization: `Bearer ${database.apiKey}`, "content-type": "text/csv" },
    body: `kind,itemNumber,quantity,dueDay,reference\nsales_order,MILK,4,2026-11-20,SO-2\n`,
  });
  expect(imported.status).toBe(200);
  expect(await bought()).toBe(1);
  // The database's clock, not the plant's; long enough for one net change on a busy machine.
  const expires = Date.now() + 10_000;
  const move = {
    moveId: crypto.randomUUID(),
    itemId: milk.itemId,
    quantity: "5",
    reason: "receipt",
    lotNumber: "L-1",
    lotExpiresTime: new Date(expires).toISOString(),
    fromLocationId: farm,
    toLocationId: bin,
  };
  await plant.post("/api/stock/moves", { moves: [move] });
  expect(await bought()).toBe(0);
  await until("the milk has gone off", () => Date.now() > expires);
  expect(await bought()).toBe(1);
  await expectUpToDate(base.planId);
});

test("refuses what it cannot bring up to date, by name", async () => {
  const schedule = await plant.post<Plan>("/api/planning/schedules", { seconds: 1 });
  const queued = await plant.post<Plan>("/api/planning/mrp-runs", {});
  const run = await netChange();
  for (const { planId } of [schedule, queued, run]) {
    const refused = await ask({ mode: "net_change", planId });
    expect(refused).toMatchObject({ status: 409, body: { code: "plan.not_updatable" } });
  }
  const unknown = await ask({ mode: "net_change", planId: crypto.randomUUID() });
  expect(unknown).toMatchObject({ status: 404, body: { code: "plan.unknown" } });
  const policies = [{ itemId: product.plate.itemId, leadDays: 9 }];
  expect(await ask({ mode: "net_change", policies })).toMatchObject({ status: 400 });
  expect(await ask({ planId: queued.planId })).toMatchObject({ status: 400 });
  const compared = await plant.call(
    "GET",
    `/api/planning/plans/${run.basePlanId}/comparison?with=${run.planId}`,
  );
  expect(compared).toMatchObject({ status: 409, body: { code: "plan.not_comparable" } });
  await plant.post(`/api/planning/plans/${queued.planId}/cancel`);
});

test("two at once: both end, and the plan has what both were asked for", async () => {
  const base = await runMrpNow(plant, {});
  await demand(product.bracket.itemId, "6", "2026-12-29");
  const runs = [1, 2, 3].map(() =>
    plant.post<Plan>("/api/planning/mrp-runs", { mode: "net_change" }),
  );
  const planIds = (await Promise.all(runs)).map(({ planId }) => planId);
  await holding(base.planId, "update", async (someoneWaits) => {
    // All have read the same plan before the first of them stores.
    const making = planIds.map((planId) => makeNow(plant, planId).ended);
    await someoneWaits();
    void Promise.all(making);
  });
  await until("all are done", async () => {
    const states = await Promise.all(planIds.map(get));
    return states.every(({ state }) => state === "done");
  });
  for (const planId of planIds) expect(await get(planId)).toMatchObject({ mode: "net_change" });
  await expectUpToDate(base.planId);
});

test("cancelled just before it stores, it changes nothing", async () => {
  const base = await runMrpNow(plant, {});
  const before = await contentOf(plant, base.planId);
  await demand(product.bracket.itemId, "7", "2026-12-30");
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", { mode: "net_change" });
  let ended: Promise<unknown> = Promise.resolve();
  await holding(base.planId, "update", async (someoneWaits) => {
    ({ ended } = makeNow(plant, planId));
    await someoneWaits();
    await plant.post(`/api/planning/plans/${planId}/cancel`);
  });
  await ended;
  expect(await get(planId)).toMatchObject({ state: "cancelled", summary: {} });
  expect(await contentOf(plant, base.planId)).toEqual(before);
  expect(await get(base.planId)).toMatchObject({ lastUpdate: null });
  await netChange();
  await expectUpToDate(base.planId);
});

test("killed while it stores, it changes nothing; the next worker brings it to its end", async () => {
  const base = await runMrpNow(plant, {});
  const before = await contentOf(plant, base.planId);
  await demand(product.bracket.itemId, "8", "2026-12-31");
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", { mode: "net_change" });
  await holding(base.planId, "update", async (someoneWaits) => {
    const DATABASE_URL = database.urls.worker;
    const child = makeInProcess({ DATABASE_URL, TENANT_ID: plant.tenantId, PLAN_ID: planId });
    const gone = once(child, "exit");
    await someoneWaits();
    child.kill("SIGKILL");
    await gone;
  });
  expect(await contentOf(plant, base.planId)).toEqual(before);
  expect(await get(planId)).toMatchObject({ state: "running" });
  await makeNow(plant, planId).ended;
  expect(await get(planId)).toMatchObject({ state: "done", mode: "net_change" });
  await expectUpToDate(base.planId);
});

test("an order that is firmed while a net change is made is not planned a second time", async () => {
  const base = await runMrpNow(plant, {});
  const order = (await ordersOf(base.planId)).find(
    ({ itemId }) => itemId === product.bracket.itemId,
  );
  await demand(product.bracket.itemId, "3", "2026-12-15");
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", { mode: "net_change" });
  let ended: Promise<unknown> = Promise.resolve();
  await holding(base.planId, "share", async (someoneWaits) => {
    ({ ended } = makeNow(plant, planId));
    await someoneWaits();
    await plant.post(`/api/planning/plans/${base.planId}/orders/${order?.orderNumber}/firm`);
  });
  await ended;
  expect(await get(planId)).toMatchObject({ state: "done", mode: "net_change" });
  const left = await ordersOf(base.planId);
  expect(left.some(({ orderNumber }) => orderNumber === order?.orderNumber)).toBe(false);
  await expectUpToDate(base.planId);
});

test("an order that is firmed while a full run is made is not planned a second time", async () => {
  const base = await runMrpNow(plant, {});
  await demand(product.bracket.itemId, "9", "2026-12-16");
  await netChange();
  const order = await orderOfBracket(base.planId, "2026-12-16");
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", {});
  let ended: Promise<unknown> = Promise.resolve();
  await holding(base.planId, "share", async (someoneWaits) => {
    ({ ended } = makeNow(plant, planId));
    await someoneWaits();
    await plant.post(`/api/planning/plans/${base.planId}/orders/${order.orderNumber}/firm`);
  });
  await ended;
  expect(await get(planId)).toMatchObject({ state: "done", isCurrent: true });
  await expectUpToDate(planId);
});

test("what was firmed is remembered when a net change has taken it out of its plan", async () => {
  const base = await runMrpNow(plant, {});
  const inTenant = <T>(work: (tx: Transaction) => Promise<T>) =>
    plant.core.db.inTenant(plant.tenantId, work);
  const mayFollow = (planId: string, read: OrdersMeant) =>
    inTenant((tx) => lockOrdersMeant(tx, planId, read));
  const newest = "ffffffff-ffff-7fff-bfff-ffffffffffff";
  const read = await inTenant(readOrdersMeant);
  expect(await mayFollow(newest, read)).toBe(true);
  const next = await runMrpNow(plant, {});
  // Two runs beside each other take nothing from each other.
  expect(await mayFollow(newest, read)).toBe(true);

  await demand(product.bracket.itemId, "9", "2026-12-18");
  await netChange();
  const order = await orderOfBracket(next.planId, "2026-12-18");
  await plant.post(`/api/planning/plans/${next.planId}/orders/${order.orderNumber}/firm`);
  await netChange();
  expect(await ordersOf(next.planId)).not.toContainEqual(
    expect.objectContaining({ orderNumber: order.orderNumber }),
  );
  expect(await mayFollow(newest, read)).toBe(false);
  // Nobody will act on a plan that is older than the current one.
  expect(await mayFollow(base.planId, read)).toBe(true);
});

test("a full run that is overtaken by firmed orders each time fails, says so and stores nothing", async () => {
  const base = await runMrpNow(plant, {});
  const days = ["2027-01-04", "2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08"];
  for (const day of days) await demand(product.bracket.itemId, "2", day);
  await netChange();
  const { planId } = await plant.post<Plan>("/api/planning/mrp-runs", {});
  const { ended } = makeNow(plant, planId);
  const outcome = ended.catch((error: unknown) => error);
  for (const day of days) {
    const order = await orderOfBracket(base.planId, day);
    await holding(base.planId, "share", async (someoneWaits) => {
      await someoneWaits();
      await plant.post(`/api/planning/plans/${base.planId}/orders/${order.orderNumber}/firm`);
    });
  }
  await outcome;
  const failed = await get(planId);
  expect(failed).toMatchObject({ state: "failed" });
  expect(failed.failure).toMatch(/^Planned 5 times, .*Nothing was stored\. Run MRP when/);
  expect(await ordersOf(planId)).toEqual([]);
  expect(await get(base.planId)).toMatchObject({ isCurrent: true });
});

test("a what-if is not made again for orders that are firmed meanwhile", async () => {
  const base = await runMrpNow(plant, {});
  await holding(base.planId, "update", async () => {
    const whatIf = await runMrpNow(plant, {
      extraDemands: [
        { itemId: product.bracket.itemId, siteId: null, quantity: "1", dueDay: "2026-12-19" },
      ],
    });
    expect(whatIf).toMatchObject({ state: "done", isWhatIf: true });
  });
});

test("what is firmed takes its components on the days that it was planned to", async () => {
  const own = await makeProduct(plant, ["Mill"]);
  await plant.post("/api/calendars", {
    name: "Weekdays",
    timeZone: "UTC",
    weekdays: [1, 2, 3, 4, 5].map((weekday) => ({
      weekday,
      shifts: [{ name: "Day", start: "06:00", end: "14:00", breaks: [] }],
    })),
    workCenterIds: own.machines.map(({ workCenterId }) => workCenterId),
  });
  await putPolicy(plant, own.bracket.itemId, { leadDays: 5 });
  await demand(own.bracket.itemId, "10", "2026-12-07");
  const { planId } = await runMrpNow(plant, {});
  const find = async (itemId: string) =>
    (await ordersOf(planId)).find((order) => order.itemId === itemId);
  const bracket = await find(own.bracket.itemId);
  // A week of five working days before that Monday.
  expect(bracket).toMatchObject({ startDay: "2026-11-30", dueDay: "2026-12-07" });
  expect(await find(own.plate.itemId)).toMatchObject({ dueDay: "2026-11-30" });
  await plant.post(`/api/planning/plans/${planId}/orders/${bracket?.orderNumber}/firm`);
  expect(await netChange()).toMatchObject({ mode: "net_change" });
  expect(await find(own.bracket.itemId)).toBeUndefined();
  expect(await find(own.plate.itemId)).toMatchObject({ dueDay: "2026-11-30" });
  await expectUpToDate(planId);
});

// A dozen full runs, some of two thousand items.
test(
  "plans everything anew where it could be wrong, and says why",
  { timeout: 180_000 },
  async () => {
    const base = await runMrpNow(plant, {});
    const fallsBack = async (fallback: string) => {
      const run = await netChange();
      expect(run).toMatchObject({
        state: "done",
        mode: "regenerative",
        basePlanId: null,
        fallback,
      });
      expect(run.isCurrent).toBe(true);
      await expectUpToDate(run.planId);
      return run;
    };
    await plant.core.db.inTenant(plant.tenantId, async (tx) => {
      await sql`delete from planning.plan_basis where plan_id = ${base.planId}`.execute(tx.over());
    });
    await fallsBack("no_basis");

    // Quantities of all items are then kept with more decimals.
    await plant.post<Item>("/api/items", thing("FINE", "kg"));
    await fallsBack("decimals");

    const file = Array.from({ length: 2_001 }, (_, row) => `MANY-${row},Many,buy,pc`).join("\n");
    const imported = await plant.app.api.request("/api/items/import", {
      method: "POST",
      headers: { authorization: `Bearer ${database.apiKey}`, "content-type": "text/csv" },
      body: `number,name,kind,uom\n${file}\n`,
    });
    expect(imported.status).toBe(200);
    await fallsBack("too_many_items");

    // The fences contradict each other: the plan says so for as long as it is so.
    await putPolicy(plant, product.bolt.itemId, {
      leadDays: 5,
      planningFenceDays: 3,
      demandFenceDays: 9,
    });
    await fallsBack("findings");
    await demand(product.bracket.itemId, "1", "2026-12-17");
    expect((await fallsBack("findings")).findings).toHaveLength(1);
    await demand(other.bracket.itemId, "1", "2026-12-17");
    expect(await netChange()).toMatchObject({ mode: "net_change" });

    const blue = await plant.post<Item>("/api/items", thing("BLUE", "pc"));
    const lines = [
      line(other.plate, [{ priority: 1, itemId: blue.itemId, quantity: "1", uom: "pc" }]),
    ];
    await revise(other.bracket, { lines });
    await fallsBack("alternates");

    // Scrap that the part is made of: what it brings is needed before it comes.
    const [machine] = other.machines;
    const step = { step: 10, name: "Melt", ...machine, runMsPerUnit: 1_000, setupMs: 0 };
    const made = { ...thing("SCRAP", "pc"), kind: "make", operations: [step] };
    const scrap = await plant.post<Item>("/api/items", made);
    await revise(scrap, { lines: [line(product.bracket)] });
    await revise(product.bracket, {
      lines: [line(product.plate)],
      byProducts: [{ itemId: scrap.itemId, quantity: "1", uom: "pc" }],
    });
    await fallsBack("cycle");

    plant.setClock("2026-11-21T10:00:00Z");
    await fallsBack("new_day");
  },
);

const thing = (number: string, uom: string) => ({
  number,
  name: number,
  kind: "buy",
  uom,
  operations: [],
});

const line = ({ itemId }: Item, alternates: object[] = []) => ({
  position: 10,
  itemId,
  quantity: "1",
  uom: "pc",
  alternates,
});

async function revise({ itemId }: Item, content: object): Promise<void> {
  const asked = { revision: "NEW", quantity: "1", ...content };
  const { bomId } = await plant.post<{ bomId: string }>(`/api/items/${itemId}/boms`, asked);
  await plant.post(`/api/boms/${bomId}/approve`, { from: "2026-11-10" });
}
