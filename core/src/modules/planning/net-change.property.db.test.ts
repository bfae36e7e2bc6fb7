import type {
  Calendar,
  Demand,
  Item,
  Lot,
  Plan,
  StockBalance,
  WorkOrder,
} from "@millwright/contracts/api";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";

import { makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { contentOf, forget, runMrpNow } from "./net-change.fixture.ts";
import { putPolicy } from "./testing.fixture.ts";

// A small company in which everything hangs together: two products over two levels of parts, one of
// them a phantom, with bought material that several take, a by-product, two sites with a transfer
// between them, a calendar, lots that expire. Whatever people do there through the API, one thing after
// the other: a net change must say what a full run at that moment says.
const { plant } = await plantOfFile();
let items: Item[];
let bins: string[];
let sites: string[];
let supplier: string;
let customer: string;
let calendar: Calendar;
let current: Plan;
let netChanges = 0;
let steps = 0;

const structure: [product: string, component: string, quantity: string][] = [
  ["TOP-1", "SUB-1", "2"],
  ["TOP-1", "SET", "1"],
  ["TOP-2", "SUB-1", "1"],
  ["TOP-2", "SUB-2", "3"],
  ["SET", "RAW-1", "4"],
  ["SET", "SUB-2", "1"],
  ["SUB-1", "RAW-1", "0.3"],
  ["SUB-1", "RAW-2", "2"],
  ["SUB-2", "RAW-2", "1"],
  ["SUB-2", "RAW-3", "5"],
];

beforeAll(async () => {
  const line = await plant.post<{ workCenterId: string }>("/api/work-centers", {
    areaName: "Line",
    name: "Press",
  });
  const step = { step: 10, name: "Press", workCenterId: line.workCenterId, runMsPerUnit: 1_000 };
  const operations = [{ ...step, setupMs: 0 }];
  const kinds = { TOP: "make", SUB: "make", SET: "phantom", RAW: "buy" };
  items = [];
  for (const number of ["TOP-1", "TOP-2", "SET", "SUB-1", "SUB-2", "RAW-1", "RAW-2", "RAW-3"]) {
    const kind = kinds[number.slice(0, 3) as keyof typeof kinds];
    const uom = number === "RAW-1" ? "kg" : "pc";
    const tracking = number === "RAW-2" ? "lot" : "none";
    const asked = { number, name: number, kind, uom, tracking };
    const made = { ...asked, operations: kind === "make" ? operations : [] };
    items.push(await plant.post<Item>("/api/items", made));
  }
  calendar = (await plant.post("/api/calendars", {
    ...shifts([1, 2, 3, 4, 5]),
    workCenterIds: [line.workCenterId],
  })) as Calendar;
  for (const product of new Set(structure.map(([number]) => number))) {
    await saveBom(product, "A", "2026-11-01", 1);
  }
  sites = [await makePlace(plant, "site", "NORTH"), await makePlace(plant, "site", "SOUTH")];
  bins = [];
  for (const [at, site] of sites.entries()) {
    const house = await makePlace(plant, "warehouse", `W-${at}`, site);
    bins.push(await makePlace(plant, "bin", `B-${at}`, house));
  }
  supplier = await makePlace(plant, "supplier", "SUPPLIER");
  customer = await makePlace(plant, "customer", "CUSTOMER");
  const [north, south] = sites;
  await putPolicy(plant, item("SUB-1").itemId, {
    leadDays: 2,
    sites: [{ siteId: south, supply: "transfer", fromSiteId: north, leadDays: 1 }],
  });
  current = await runMrpNow(plant, {});
  expect(current).toMatchObject({ state: "done", findings: [] });
});

const shifts = (weekdays: number[]) => ({
  name: "Days",
  timeZone: "UTC",
  weekdays: weekdays.map((weekday) => ({
    weekday,
    shifts: [{ name: "Day", start: "06:00", end: "14:00", breaks: [] }],
  })),
  exceptions: [],
});

function item(number: string): Item {
  const found = items.find((each) => each.number === number);
  if (found === undefined) throw new Error(`no item ${number}`);
  return found;
}

async function saveBom(product: string, revision: string, from: string, factor: number) {
  const lines = structure
    .filter(([number]) => number === product)
    // Every other revision leaves one line out, so that an item is no longer below another.
    .filter((_, at) => factor === 1 || at !== factor % 2)
    .map(([, component, quantity], at) => ({
      position: (at + 1) * 10,
      itemId: item(component).itemId,
      quantity: String(Number(quantity) * factor),
      uom: item(component).uom,
    }));
  const byProducts =
    product === "TOP-2" ? [{ itemId: item("RAW-3").itemId, quantity: "1", uom: "pc" }] : [];
  const asked = { revision, quantity: "1", lines, byProducts };
  const bom = await plant.call("POST", `/api/items/${item(product).itemId}/boms`, asked);
  const { bomId } = bom.body as { bomId: string };
  return plant.call("POST", `/api/boms/${bomId}/approve`, { from });
}

/** What somebody does; `which` and `much` are as random as the rest, so one shape serves for all. */
type Act = { what: keyof typeof acts; which: number; much: number; day: number };

const pick = <T>(list: readonly T[], which: number): T | undefined => list[which % list.length];
const dayAfter = (days: number) =>
  new Date(Date.parse("2026-11-20") + days * 86_400_000).toISOString().slice(0, 10);
const demands = async () =>
  (await plant.get<{ rows: Demand[] }>("/api/planning/demands?limit=100")).rows;
const workOrders = async () =>
  (await plant.get<{ rows: WorkOrder[] }>("/api/work-orders?limit=100")).rows;

async function receive({ which, much, day }: Act) {
  const bought = items.filter(({ kind }) => kind === "buy");
  const { itemId, tracking } = pick(bought, which) ?? item("RAW-1");
  const lotDay = Math.abs(day) % 4;
  const lot = { lotNumber: `L-${lotDay}`, lotExpiresTime: `${dayAfter(10 + lotDay)}T00:00:00Z` };
  return post({
    itemId,
    quantity: String(1 + much),
    fromLocationId: supplier,
    toLocationId: pick(bins, much),
    ...(tracking === "lot" && lot),
  });
}

/** Some of what lies in a bin goes to a customer. */
async function issue({ which, much }: Act) {
  const { rows } = await plant.get<{ rows: StockBalance[] }>("/api/stock/balances?limit=100");
  const inBins = rows.filter(({ locationId }) => bins.includes(locationId));
  const from = pick(inBins, which);
  return (
    from &&
    post({
      itemId: from.itemId,
      quantity: String(1 + (much % 4)),
      lotNumber: from.lotNumber,
      fromLocationId: from.locationId,
      toLocationId: customer,
    })
  );
}

function post(move: object) {
  const moves = [{ moveId: crypto.randomUUID(), reason: "test", ...move }];
  return plant.call("POST", "/api/stock/moves", { moves });
}

async function commandOrder(act: Act, command: "firm" | "release") {
  const path = `/api/planning/plans/${current.planId}/orders`;
  const { rows } = await plant.get<{ rows: { orderNumber: number }[] }>(`${path}?limit=100`);
  const order = pick(rows, act.which);
  return order && plant.call("POST", `${path}/${order.orderNumber}/${command}`, {});
}

async function commandWorkOrder(act: Act, command: string) {
  const order = pick(await workOrders(), act.which);
  const body = command === "cancel" ? { reason: "test" } : {};
  return order && plant.call("POST", `/api/work-orders/${order.workOrderId}/${command}`, body);
}

const acts = {
  addDemand: ({ which, much, day }: Act) =>
    plant.call("POST", "/api/planning/demands", {
      kind: much % 5 === 0 ? "forecast" : "sales_order",
      itemId: pick(items, which)?.itemId,
      quantity: String(1 + (much % 50)),
      dueDay: dayAfter(day),
      siteId: which % 4 === 3 ? sites[1] : null,
      reference: `SO-${much}`,
    }),
  changeDemand: async ({ which, much, day }: Act) => {
    const demand = pick(await demands(), which);
    if (demand === undefined) return undefined;
    const { kind, itemId, siteId, reference, demandId, version } = demand;
    const asked = {
      kind,
      itemId,
      siteId,
      reference,
      quantity: String(1 + much),
      dueDay: dayAfter(day),
    };
    return plant.call("PUT", `/api/planning/demands/${demandId}`, asked, undefined, version);
  },
  deleteDemand: async ({ which }: Act) => {
    const demand = pick(await demands(), which);
    return demand && plant.call("DELETE", `/api/planning/demands/${demand.demandId}`);
  },
  receive,
  issue,
  blockOrReleaseLot: async ({ which, much }: Act) => {
    const { rows } = await plant.get<{ rows: Lot[] }>("/api/stock/lots");
    const lot = pick(rows, which);
    const command = much % 2 === 0 ? "block" : "release";
    return lot && plant.call("POST", `/api/stock/lots/${lot.lotId}/${command}`, { reason: "test" });
  },
  firm: (act: Act) => commandOrder(act, "firm"),
  release: (act: Act) => commandOrder(act, "release"),
  makeWorkOrder: async ({ which, much, day }: Act) => {
    const made = await plant.call("POST", "/api/work-orders", {
      itemId: pick(
        items.filter(({ kind }) => kind === "make"),
        which,
      )?.itemId,
      quantity: String(1 + (much % 20)),
      dueDate: `${dayAfter(day)}T12:00:00Z`,
    });
    const { workOrderId } = made.body as WorkOrder;
    return plant.call("POST", `/api/work-orders/${workOrderId}/firm`, {});
  },
  releaseWorkOrder: (act: Act) => commandWorkOrder(act, "release"),
  cancelWorkOrder: (act: Act) => commandWorkOrder(act, "cancel"),
  report: async ({ which, much }: Act) => {
    const order = pick(
      (await workOrders()).filter(({ state }) => state === "released" || state === "in_progress"),
      which,
    );
    const path = `/api/work-orders/${order?.workOrderId}/operations/10/progress`;
    return order && plant.call("POST", path, { good: String(1 + (much % 3)), scrap: "0" });
  },
  closeProposal: async ({ which }: Act) => {
    const path = "/api/planning/purchase-proposals";
    const { rows } = await plant.get<{ rows: { purchaseProposalId: string }[] }>(path);
    const open = pick(rows, which);
    return open && plant.call("POST", `${path}/${open.purchaseProposalId}/close`, {});
  },
  savePolicy: ({ which, much, day }: Act) => {
    const { itemId, number } = pick(items, which) ?? item("RAW-1");
    const rules = [
      { rule: "lot_for_lot" },
      { rule: "min_max_multiple", multiple: String(1 + (much % 12)) },
      { rule: "period_order_quantity", days: 7 },
      { rule: "fixed", quantity: "25" },
    ];
    const isSplit = number === "SUB-1" && much % 2 === 0;
    return putPolicy(plant, itemId, {
      leadDays: Math.abs(day) % 6,
      safetyLeadDays: much % 3,
      safetyStock: String(much % 7),
      yieldPercent: much % 4 === 0 ? "90" : "100",
      lotRule: pick(rules, much),
      planningFenceDays: much % 5 === 0 ? 3 : null,
      sites: isSplit ? [{ siteId: sites[1], supply: "make", leadDays: 1 + (much % 3) }] : [],
    });
  },
  changeBom: ({ which, much }: Act) => {
    const products = [...new Set(structure.map(([number]) => number))];
    const revision = `R-${crypto.randomUUID().slice(0, 8)}`;
    revisions += 1;
    const from = new Date(Date.parse("2026-11-01") + Math.min(revisions, 19) * 86_400_000);
    return saveBom(
      pick(products, which) ?? "",
      revision,
      from.toISOString().slice(0, 10),
      1 + (much % 3),
    );
  },
  changeCalendar: async ({ much }: Act) => {
    const path = `/api/calendars/${calendar.calendarId}`;
    const { rows } = await plant.get<{ rows: Calendar[] }>("/api/calendars");
    const now = rows.find(({ calendarId }) => calendarId === calendar.calendarId) ?? calendar;
    const days = much % 2 === 0 ? [1, 2, 3, 4] : [1, 2, 3, 4, 5, 6];
    const asked = { ...shifts(days), workCenterIds: now.workCenterIds };
    return plant.call("PUT", path, asked, undefined, now.version);
  },
  addItem: ({ much }: Act) =>
    plant.call("POST", "/api/items", {
      number: `NEW-${much}`,
      name: "New",
      kind: "buy",
      uom: "pc",
      operations: [],
    }),
};
let revisions = 0;

const anyAct = fc.record({
  what: fc.constantFrom(...(Object.keys(acts) as (keyof typeof acts)[])),
  which: fc.nat(50),
  much: fc.nat(200),
  day: fc.integer({ min: -3, max: 40 }),
});

/** Acts that did something, by name. */
const done = new Map<string, number>();

/** Brings the current plan up to date and compares it with a full run of this moment. */
async function compare(): Promise<void> {
  const run = await runMrpNow(plant, { mode: "net_change" });
  expect(run).toMatchObject({ state: "done" });
  if (run.mode === "regenerative") current = run;
  else expect(run.basePlanId).toBe(current.planId);
  netChanges += run.mode === "net_change" ? 1 : 0;
  steps += 1;
  const full = await runMrpNow(plant, {});
  expect(full).toMatchObject({ state: "done", mode: "regenerative" });
  expect(await contentOf(plant, current.planId)).toEqual(await contentOf(plant, full.planId));
  await forget(plant, full.planId);
}

test(
  "a net change says what a full run says, whatever was done since",
  { timeout: 240_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 2, maxLength: 6 }), async (series) => {
        for (const act of series) {
          const answer = await acts[act.what](act);
          if (answer !== undefined && answer.status < 300) {
            done.set(act.what, (done.get(act.what) ?? 0) + 1);
          }
        }
        await compare();
      }),
      // The company goes on as it was left, so a shorter series would be another company's.
      { numRuns: runs, endOnFailure: true },
    );
    // What is refused or falls back proves nothing: most must have happened, and as net change.
    expect(done.size).toBeGreaterThan(8);
    expect(netChanges / steps).toBeGreaterThan(0.8);
  },
);

const runs = Number(process.env["NET_CHANGE_RUNS"] ?? 24);
