import type {
  StockBalance,
  StockGauge,
  StockMove,
  StockProposal,
  StoredItem,
} from "@millwright/contracts/api";
import { DataType } from "@millwright/contracts/sparkplug";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";

import { birth, newValue, setQuality } from "../../testing/telemetry.ts";
import { makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { engineering } from "../engineering/index.ts";
import { equipment } from "../equipment/index.ts";
import { verifyStock } from "./verify.ts";
import { watchTenantGauges } from "./watch-gauges.ts";

const { database, plant } = await plantOfFile();
let places: { supplier: string; warehouse: string };

beforeAll(async () => {
  const site = await makePlace(plant, "site", "S");
  places = {
    warehouse: await makePlace(plant, "warehouse", "W", site),
    supplier: await makePlace(plant, "supplier", "SUPPLIER"),
  };
});
afterAll(async () => {
  const findings = await plant.core.db.inTenant(plant.tenantId, verifyStock);
  expect(findings).toEqual([]);
});

test("a difference is proposed once, kept up to date, and booked by whoever confirms what they read", async () => {
  const silo = await makeSilo({ factor: "10", tolerance: "5" }, { books: "200", value: 20.3 });
  await look();
  expect(await proposals(silo)).toEqual([]);
  await silo.says(15);
  await look();
  await look();
  const [first, ...others] = await proposals(silo);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    kind: "adjustment",
    state: "proposed",
    expected: "200",
    measured: "150",
    difference: "-50",
  });

  await silo.says(14);
  await look();
  const stale = await confirm(first?.proposalId, "-50");
  expect(stale).toMatchObject({ status: 409, body: { code: "proposal.changed", current: "-60" } });
  const booked = await confirm(first?.proposalId, "-60");
  expect(booked).toMatchObject({ status: 200, body: { state: "confirmed" } });
  expect(await balance(silo)).toBe("140");
  const { rows } = await plant.get<{ rows: StockMove[] }>(`/api/stock/moves?itemId=${silo.itemId}`);
  expect(rows[0]).toMatchObject({
    quantity: "60",
    reference: `stock_proposal:${first?.proposalId}`,
  });
  await silo.says(14);
  await look();
  expect(await proposals(silo)).toHaveLength(1);
});

test("two people who confirm at once move the stock once", async () => {
  const silo = await makeSilo({}, { books: "100", value: 130 });
  await look();
  const [proposal] = await proposals(silo);
  const both = await Promise.all([
    confirm(proposal?.proposalId, "30"),
    confirm(proposal?.proposalId, "30"),
  ]);
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
  expect(await balance(silo)).toBe("130");
});

test("a gauge without data, with bad quality, or older than the last move proposes nothing", async () => {
  const silent = await makeSilo({}, { books: "100", value: null });
  const broken = await makeSilo({}, { books: "100", value: 3 });
  await setQuality(database, broken.metricId, 0);
  const lagging = await makeSilo({}, { books: "100", value: 100 });
  await receive(lagging, "50");
  await look();
  for (const silo of [silent, broken, lagging]) expect(await proposals(silo)).toEqual([]);
  expect(await findings(silent, broken, lagging)).toEqual([
    "no_data",
    "not_good",
    "older_than_moves",
  ]);

  // The next reading after the move tells; so does the same one when the move is 5 minutes old.
  await lagging.says(150);
  await look();
  expect(await proposals(lagging)).toEqual([]);
  await setQuality(database, broken.metricId, 192);
  await look();
  expect(await proposals(broken)).toMatchObject([{ difference: "-97" }]);
});

test("a rule confirms small differences and leaves large ones to a person", async () => {
  const silo = await makeSilo({ autoConfirmUpTo: "10" }, { books: "100", value: 92 });
  await look();
  expect(await proposals(silo)).toMatchObject([{ state: "confirmed", decidedBy: "rule" }]);
  expect(await balance(silo)).toBe("92");
  await silo.says(70);
  await look();
  expect(await proposals(silo)).toMatchObject([
    { state: "proposed", difference: "-22" },
    { state: "confirmed" },
  ]);
  expect(await balance(silo)).toBe("92");
});

test("what the rule cannot book stays open, with the reason for whoever tries", async () => {
  const silo = await makeSilo({ autoConfirmUpTo: "50" }, { value: 30, tracking: "lot" });
  await receive(silo, "20", "L1");
  await receive(silo, "20", "L2");
  await silo.says(30);
  await look();
  const [proposal] = await proposals(silo);
  expect(proposal).toMatchObject({ state: "proposed", difference: "-10" });
  const tried = await confirm(proposal?.proposalId, "-10");
  expect(tried).toMatchObject({
    status: 409,
    body: { code: "proposal.lot_unclear", current: "2" },
  });
  expect(await balance(silo)).toBe("40");
});

test("a rejected difference is not proposed again until it is another one", async () => {
  const silo = await makeSilo({ tolerance: "2" }, { books: "100", value: 80 });
  await look();
  const [proposal] = await proposals(silo);
  const path = `/api/stock/proposals/${proposal?.proposalId}/reject`;
  expect(await plant.call("POST", path, { reason: "" })).toMatchObject({ status: 400 });
  await plant.post(path, { reason: "A ladder stands on the scale" });
  await look();
  expect(await proposals(silo)).toMatchObject([{ state: "rejected" }]);
  await silo.says(60);
  await look();
  expect(await proposals(silo)).toMatchObject([{ difference: "-40" }, { state: "rejected" }]);
  // Books and scale agree again: nobody has to decide.
  await silo.says(100);
  await look();
  expect(await proposals(silo)).toMatchObject([{ state: "lapsed" }, { state: "rejected" }]);
});

test("a low level asks for a refill once, until it was full", async () => {
  const limits = { refillBelow: "50", refillTo: "500", tolerance: "100" };
  const silo = await makeSilo(limits, { books: "100", value: 40 });
  await look();
  const [refill] = await proposals(silo);
  expect(refill).toMatchObject({ kind: "refill", difference: "460" });
  const asked = await confirm(refill?.proposalId, "460");
  expect(asked).toMatchObject({ status: 200 });
  await silo.says(30);
  await look();
  expect(await proposals(silo)).toHaveLength(1);
  expect(await refillsAsked(silo)).toMatchObject([
    { proposalId: refill?.proposalId, measured: "40", quantity: "460" },
  ]);
  await silo.says(120);
  await look();
  await silo.says(49);
  await look();
  expect(await proposals(silo)).toMatchObject([{ state: "proposed" }, { state: "confirmed" }]);
});

test("a gauge that could never measure right is refused by name", async () => {
  const silo = await makeSilo({}, { value: 1 });
  const serial = await item("serial");
  const body = {
    ...silo.gauge,
    locationId: await makePlace(plant, "bin", "FREE", places.warehouse),
  };
  const codes = [
    [{ ...body, locationId: silo.locationId }, "gauge.place_taken"],
    [{ ...body, refillBelow: "5" }, "gauge.refill_unclear"],
    [{ ...body, refillBelow: "5", refillTo: "4" }, "gauge.refill_unclear"],
    [{ ...body, itemId: serial }, "gauge.serial_item"],
    [{ ...body, locationId: places.warehouse }, "location.not_a_bin"],
    [{ ...body, workUnitId: crypto.randomUUID() }, "work_unit.unknown"],
  ] as const;
  for (const [asked, code] of codes) {
    expect(await plant.call("POST", "/api/stock/gauges", asked)).toMatchObject({ body: { code } });
  }
});

test("a changed gauge forgets what it proposed, and an edit of an old version is refused", async () => {
  const silo = await makeSilo({}, { books: "100", value: 50 });
  await look();
  const path = `/api/stock/gauges/${silo.gauge.gaugeId}`;
  const off = { ...silo.gauge, isActive: false };
  expect(await plant.call("PUT", path, off, undefined, 1)).toMatchObject({ status: 200 });
  expect(await plant.call("PUT", path, off, undefined, 1)).toMatchObject({ status: 412 });
  await look();
  expect(await proposals(silo)).toMatchObject([{ state: "lapsed" }]);
});

type Silo = Awaited<ReturnType<typeof makeSilo>>;

/** A bin that a work unit measures, received `books` an hour ago. */
async function makeSilo(
  rules: Partial<StockGauge> | Record<string, string>,
  start: { books?: string; value: number | null; tracking?: "none" | "lot" },
) {
  const name = `SILO-${crypto.randomUUID().slice(0, 8)}`;
  const [locationId, itemId] = [
    await makePlace(plant, "bin", name, places.warehouse),
    await item(start.tracking ?? "none"),
  ];
  const asked = { areaName: "Silos", name };
  const { workUnitId } = await plant.post<{ workUnitId: string }>("/api/work-centers", asked);
  const metric = { deviceId: name, name: "Level", datatype: DataType.Double };
  const value = start.value === null ? {} : { value: start.value };
  const [metricId = ""] = await birth(database, [{ ...metric, ...value }]);
  const binding = {
    edgeNodeId: "g",
    deviceId: name,
    metricName: "Level",
    role: "level",
    workUnitId,
  };
  await plant.post("/api/bindings", binding);
  const gauge = await plant.post<StockGauge>("/api/stock/gauges", {
    workUnitId,
    role: "level",
    locationId,
    itemId,
    factor: "1",
    ...rules,
  });
  const says = (next: number) => {
    const time = new Date(plant.now() + 1000).toISOString();
    plant.setClock(time);
    return newValue(database, { metricId, workUnitId, value: next, time });
  };
  const silo = { locationId, itemId, gauge, metricId, says };
  if (start.books !== undefined) {
    await receive(silo, start.books);
    if (start.value !== null) await says(start.value);
  }
  return silo;
}

async function receive(
  { itemId, locationId }: { itemId: string; locationId: string },
  quantity: string,
  lotNumber: string | null = null,
) {
  plant.setClock(new Date(plant.now() + 1000).toISOString());
  const move = { moveId: crypto.randomUUID(), itemId, quantity, reason: "receipt", lotNumber };
  const moves = [{ ...move, fromLocationId: places.supplier, toLocationId: locationId }];
  await plant.post("/api/stock/moves", { moves });
}

async function item(tracking: "none" | "lot" | "serial") {
  const number = `R-${crypto.randomUUID().slice(0, 8)}`;
  const uom = tracking === "serial" ? "pc" : "kg";
  const asked = { number, name: "Resin", kind: "buy", uom, tracking, operations: [] };
  return (await plant.post<StoredItem>("/api/items", asked)).itemId;
}

function look() {
  return watchTenantGauges({ platform: plant.worker, equipment, engineering }, plant.tenantId);
}

async function proposals({ gauge }: Silo) {
  const path = `/api/stock/proposals?gaugeId=${gauge.gaugeId}`;
  return (await plant.get<{ rows: StockProposal[] }>(path)).rows;
}

function confirm(proposalId: string | undefined, difference: string) {
  return plant.call("POST", `/api/stock/proposals/${proposalId}/confirm`, { difference });
}

async function balance({ itemId, locationId }: Silo) {
  const path = `/api/stock/balances?itemId=${itemId}&locationId=${locationId}`;
  const { rows } = await plant.get<{ rows: StockBalance[] }>(path);
  return String(rows.reduce((sum, { quantity }) => sum + Number(quantity), 0));
}

async function findings(...silos: readonly Silo[]) {
  const { rows } = await plant.get<{ rows: StockGauge[] }>("/api/stock/gauges?limit=200");
  return silos.map(
    ({ gauge }) => rows.find(({ gaugeId }) => gaugeId === gauge.gaugeId)?.finding ?? "absent",
  );
}

async function refillsAsked({ gauge }: Silo) {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ payload: object }>`
      select payload
        from platform.event
       where type = 'stock.refill_asked'
         and payload ->> 'gaugeId' = ${gauge.gaugeId}`.execute(tx.over());
    return rows.map(({ payload }) => payload);
  });
}
