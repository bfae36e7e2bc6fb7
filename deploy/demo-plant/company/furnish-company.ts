import { randomUUID } from "node:crypto";

import {
  bomHeadSchema,
  bomSchema,
  calendarSchema,
  createWorkCenter,
  demandSchema,
  engineeringChangeSchema,
  equipmentSchema,
  gaugeSchema,
  locationSchema,
  planSchema,
  pageOf,
  postedSchema,
  reservationSchema,
  rowsOf,
  storedItemSchema,
  transferSchema,
  workCenterRateSchema,
} from "@millwright/contracts/api";
import { z } from "zod";

import { type CoreApi } from "../operator/core-api.ts";
import { bracketParts, type CompanyItem, companyItems, type CompanyPart } from "./catalogue.ts";
import { openDemands } from "./demands.ts";
import {
  binCode,
  companyWorkCenters,
  openingStock,
  silo,
  virtualPlaces,
  warehouses,
} from "./warehouses.ts";

type Known = {
  /** Name → id. */
  workCenters: Map<string, string>;
  /** Number → id and unit. */
  items: Map<string, { itemId: string; uom: string }>;
  /** Code → id. */
  places: Map<string, string>;
};

/**
 * Gives the demo company its items, structures, calendar, warehouses and stock, through the public API
 * as an import would. Looks first and creates only what is missing, in an order that a stop in between
 * does not harm: the calendar comes last and says that all is there.
 */
export async function furnishCompany(api: CoreApi, options: { speed: number }): Promise<void> {
  const calendars = await api.get("/api/calendars", rowsOf(calendarSchema));
  if (calendars.rows.some(({ name }) => name === calendarName)) return;
  const { siteName, timeZone, workCenters, siloId } = await readWorkCenters(api);
  await createWorkCenters(api, workCenters);
  const items = await createItems(api, { workCenters, speed: options.speed });
  await createBoms(api, items);
  const places = await createPlaces(api, siteName);
  await receiveStock(api, { workCenters, items, places });
  if (siloId !== undefined) await measureSilo(api, siloId, { items, places });
  await api.post("/api/cost-roll-ups", {}, z.object({ items: z.number() }));
  await planDemands(api, items);
  await leaveWorkOpen(api, { workCenters, items, places });
  await createCalendar(api, timeZone, [...workCenters.values()]);
}

const calendarName = "Three shifts";

async function readWorkCenters(api: CoreApi) {
  const { siteName, timeZone, areas } = await api.get("/api/equipment", equipmentSchema);
  const centers = areas.flatMap((area) => area.workCenters);
  const workCenters = new Map(centers.map(({ name, workCenterId }) => [name, workCenterId]));
  const workUnits = centers.flatMap((center) => center.workUnits);
  const siloId = workUnits.find(({ name }) => name === silo.workUnit)?.workUnitId;
  return { siteName, timeZone, workCenters, siloId };
}

async function createWorkCenters(api: CoreApi, known: Known["workCenters"]): Promise<void> {
  const answer = createWorkCenter.responses[201].content["application/json"].schema;
  for (const { areaName, name, costPerHour } of companyWorkCenters) {
    if (!known.has(name)) {
      const asked = { areaName, name, isManual: true };
      known.set(name, (await api.post("/api/work-centers", asked, answer)).workCenterId);
    }
    const path = `/api/work-center-rates/${known.get(name) ?? ""}`;
    await api.put(path, { costPerHour }, workCenterRateSchema);
  }
}

async function createItems(
  api: CoreApi,
  { workCenters, speed }: Pick<Known, "workCenters"> & { speed: number },
): Promise<Known["items"]> {
  const items: Known["items"] = new Map();
  for (let cursor: string | null = ""; cursor !== null;) {
    const path = `/api/items?limit=200${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const page: z.infer<typeof itemPage> = await api.get(path, itemPage);
    for (const { number, itemId, uom } of page.rows) items.set(number, { itemId, uom });
    cursor = page.nextCursor;
  }
  const missing = companyItems.filter(({ number }) => !items.has(number));
  await inParallel(missing, async (item) => {
    const asked = itemOf(item, { workCenters, speed });
    const { itemId, uom } = await api.post("/api/items", asked, storedItemSchema);
    items.set(item.number, { itemId, uom });
  });
  return items;
}

const itemPage = pageOf(storedItemSchema);

function itemOf(
  { number, name, kind, uom, tracking, price, steps }: CompanyItem,
  plant: Pick<Known, "workCenters"> & { speed: number },
): object {
  return {
    number,
    name,
    kind,
    uom,
    tracking: tracking ?? "none",
    purchasePrice: price ?? null,
    costLotSize: kind === "make" ? "25" : null,
    operations: (steps ?? []).map((step, index) => ({
      step: (index + 1) * 10,
      name: step.name,
      workCenterId: plant.workCenters.get(step.workCenter) ?? "",
      runMsPerUnit: (step.minutes * minuteMs) / plant.speed,
      setupMs: (step.setup * minuteMs) / plant.speed,
      alternatives: alternativesOf(step, plant),
    })),
  };
}

/** What welding cell 1 can do the second one can too, a little slower. */
function alternativesOf(
  step: { workCenter: string; minutes: number; setup: number },
  { workCenters, speed }: Pick<Known, "workCenters"> & { speed: number },
) {
  const workCenterId = workCenters.get("Welding cell 2");
  if (step.workCenter !== "Welding cell 1" || workCenterId === undefined) return [];
  const runMsPerUnit = (step.minutes * 1.2 * minuteMs) / speed;
  return [{ workCenterId, priority: 1, runMsPerUnit, setupMs: (step.setup * minuteMs) / speed }];
}

const minuteMs = 60_000;

async function createBoms(api: CoreApi, items: Known["items"]): Promise<void> {
  const products = [
    ...companyItems.flatMap(({ number, parts }) => (parts ? [{ number, parts }] : [])),
    ...Object.entries(bracketParts).map(([number, parts]) => ({ number, parts })),
  ].filter(({ number }) => items.has(number));
  await inParallel(products, async ({ number, parts }) => {
    const path = `/api/items/${items.get(number)?.itemId ?? ""}/boms`;
    const { rows } = await api.get(path, rowsOf(bomHeadSchema));
    const draft = rows[0] ?? (await api.post(path, bomOf(parts, items), bomSchema));
    if (draft.state !== "draft") return;
    await api.post(`/api/boms/${draft.bomId}/approve`, { from: firstDay }, bomSchema);
  });
}

/** Long past: what was made before the first start was made by these revisions. */
const firstDay = "2026-01-01";

function bomOf(parts: readonly CompanyPart[], items: Known["items"]): object {
  const lines = parts.map((part, index) => {
    const item = items.get(part.number);
    const uom = part.uom ?? item?.uom ?? "pc";
    const other = part.alternate === undefined ? undefined : items.get(part.alternate);
    return {
      position: (index + 1) * 10,
      itemId: item?.itemId ?? "",
      quantity: part.quantity,
      uom,
      scrapPercent: part.scrap ?? "0",
      alternates:
        other === undefined
          ? []
          : [{ itemId: other.itemId, priority: 1, quantity: part.quantity, uom }],
    };
  });
  return { revision: "A", lines };
}

async function createPlaces(api: CoreApi, siteName: string): Promise<Known["places"]> {
  const places: Known["places"] = new Map();
  const { rows } = await api.get("/api/stock/locations?limit=200", pageOf(locationSchema));
  for (const { code, locationId } of rows) places.set(code, locationId);
  const make = async (kind: string, code: string, name: string, parentId: string | null = null) => {
    const known = places.get(code);
    if (known !== undefined) return known;
    const asked = { kind, code, name, parentId };
    const { locationId } = await api.post("/api/stock/locations", asked, locationSchema);
    places.set(code, locationId);
    return locationId;
  };
  const site = await make("site", "SITE", siteName);
  for (const { kind, code, name } of virtualPlaces) await make(kind, code, name);
  for (const { code, name, zones, binsPerZone } of warehouses) {
    const warehouse = await make("warehouse", code, name, site);
    for (const zone of zones) {
      const zoneId = await make("zone", `Z-${zone}`, `Zone ${zone}`, warehouse);
      for (let number = 1; number <= binsPerZone; number += 1) {
        const bin = binCode(zone, number);
        await make("bin", bin, `Bin ${bin}`, zoneId);
      }
      if (zone === silo.zone) await make("bin", silo.bin, silo.name, zoneId);
    }
  }
  return places;
}

async function receiveStock(api: CoreApi, { items, places }: Known): Promise<void> {
  const balances = await api.get("/api/stock/balances?limit=1", pageOf(z.object({})));
  if (balances.rows.length > 0) return;
  const moves = openingStock().flatMap(({ number, bin, quantity, lot }) => {
    const item = items.get(number);
    if (item === undefined) return [];
    return [
      {
        moveId: randomUUID(),
        itemId: item.itemId,
        quantity,
        fromLocationId: places.get("ADJUSTMENT") ?? "",
        toLocationId: places.get(bin) ?? "",
        lotNumber: lot,
        lotExpiresTime: lot === null ? null : "2027-12-31T00:00:00Z",
        reason: "Opening stock",
      },
    ];
  });
  await api.post("/api/stock/moves", { moves }, postedSchema);
}

/** The silo's level is compared with the books, and refilled before it runs empty. */
async function measureSilo(
  api: CoreApi,
  workUnitId: string,
  { items, places }: Pick<Known, "items" | "places">,
): Promise<void> {
  const known = await api.get("/api/stock/gauges?limit=1", pageOf(gaugeSchema));
  if (known.rows.length > 0) return;
  const gauge = {
    workUnitId,
    role: "level",
    locationId: places.get(silo.bin),
    itemId: items.get(silo.item)?.itemId,
    factor: "1",
    tolerance: "20",
    refillBelow: "400",
    refillTo: "1900",
  };
  await api.post("/api/stock/gauges", gauge, gaugeSchema);
}

/** What is ordered and expected, and a first plan for it. */
async function planDemands(api: CoreApi, items: Known["items"]): Promise<void> {
  const known = await api.get("/api/planning/demands?limit=1", pageOf(demandSchema));
  if (known.rows.length > 0) return;
  await inParallel(openDemands(new Date()), async ({ number, ...demand }) => {
    const itemId = items.get(number)?.itemId;
    if (itemId !== undefined)
      await api.post("/api/planning/demands", { ...demand, itemId }, demandSchema);
  });
  await api.post("/api/planning/mrp-runs", {}, planSchema);
}

/** Something to do on every page: a transfer on its way, a rack that is kept, a revision that waits for a decision. */
async function leaveWorkOpen(api: CoreApi, { items, places }: Known): Promise<void> {
  const rack = openingStock().find(({ number }) => number.startsWith("RK-"));
  const itemId = items.get(rack?.number ?? "")?.itemId;
  if (rack === undefined || itemId === undefined) return;
  const lines = [{ itemId, quantity: "1" }];
  const asked = { fromId: places.get("WH-FIN"), toId: places.get("WH-MAT"), lines, note: "" };
  const { transferId } = await api.post("/api/transfers", asked, transferSchema);
  await api.post(`/api/transfers/${transferId}/release`, {}, transferSchema);
  const shipment = { lines: [{ itemId, locationId: places.get(rack.bin), quantity: "1" }] };
  await api.post(`/api/transfers/${transferId}/shipment`, shipment, transferSchema);
  const kept = { itemId, locationId: places.get(rack.bin), quantity: "1", reference: "SO-20119" };
  await api.post("/api/stock/reservations", kept, reservationSchema);

  const product = companyItems.find(({ number }) => number === "RK-1800-1000-5");
  const productId = items.get(product?.number ?? "")?.itemId;
  if (product?.parts === undefined || productId === undefined) return;
  const path = `/api/items/${productId}/boms`;
  const heavier = product.parts.map((part) =>
    part.number === "BR-100" ? { ...part, number: "BR-200", alternate: "BR-220" } : part,
  );
  const revision = { ...bomOf(heavier, items), revision: "B", note: "Heavy brackets" };
  const { bomId } = await api.post(path, revision, bomSchema);
  const change = {
    title: "Heavy brackets for the 1800 rack",
    reason: "Three claims for bent brackets in October.",
    effectiveDay: "2027-01-04",
    bomIds: [bomId],
  };
  await api.post("/api/engineering-changes", change, engineeringChangeSchema);
}

async function createCalendar(
  api: CoreApi,
  timeZone: string,
  workCenterIds: string[],
): Promise<void> {
  const shifts = [
    { name: "Early", start: "06:00", end: "14:00", breaks: [{ start: "10:00", end: "10:30" }] },
    { name: "Late", start: "14:00", end: "22:00", breaks: [{ start: "18:00", end: "18:30" }] },
    { name: "Night", start: "22:00", end: "06:00", breaks: [{ start: "02:00", end: "02:30" }] },
  ];
  // All week, as the machines run: planned time is what the calendar works.
  const weekdays = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, shifts }));
  const exceptions = [
    { day: "2026-12-25", name: "Christmas Day", shifts: [] },
    { day: "2027-01-01", name: "New Year", shifts: [] },
  ];
  const asked = { name: calendarName, timeZone, weekdays, exceptions, workCenterIds };
  await api.post("/api/calendars", asked, calendarSchema);
}

/** A few at a time: an import that takes every connection would stand in the way of the screens. */
async function inParallel<T>(
  things: readonly T[],
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const waiting = [...things];
  const worker = async () => {
    for (let thing = waiting.shift(); thing !== undefined; thing = waiting.shift())
      await work(thing);
  };
  await Promise.all(Array.from({ length: parallelMax }, worker));
}

const parallelMax = 3;
