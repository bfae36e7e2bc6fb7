import type { Location, Lot, StockBalance, StockMove } from "@millwright/contracts/api";
import { beforeAll, describe, expect, test } from "vitest";

import { makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { readStreamPage } from "../../platform/events/log.ts";

const { plant } = await plantOfFile();
let places: { supplier: string; production: string; scrap: string; a: string; b: string };
let warehouseId: string;

beforeAll(async () => {
  warehouseId = await makePlace(plant, "warehouse", "W1", await makePlace(plant, "site", "S1"));
  places = {
    supplier: await makePlace(plant, "supplier", "SUPPLIER"),
    production: await makePlace(plant, "production", "PRODUCTION"),
    scrap: await makePlace(plant, "scrap", "SCRAP"),
    a: await makePlace(plant, "bin", "A-01", warehouseId),
    b: await makePlace(plant, "bin", "B-01", await makePlace(plant, "zone", "Z1", warehouseId)),
  };
});

describe("locations", () => {
  test("are listed by code, in pages, and by what they lie under", async () => {
    type Page = { rows: Location[]; nextCursor: string | null };
    const first = await plant.get<Page>("/api/stock/locations?limit=2");
    const rest = await plant.get<Page>(`/api/stock/locations?cursor=${first.nextCursor}`);
    expect([...first.rows, ...rest.rows].map(({ code }) => code)).toEqual([
      "A-01",
      "B-01",
      "PRODUCTION",
      "S1",
      "SCRAP",
      "SUPPLIER",
      "W1",
      "Z1",
    ]);
    const under = await plant.get<Page>(`/api/stock/locations?parentId=${warehouseId}`);
    expect(under.rows.map(({ code, allowsNegative }) => [code, allowsNegative])).toEqual([
      ["A-01", false],
      ["Z1", false],
    ]);
  });

  test.each([
    {
      why: "a code in use",
      kind: "supplier",
      code: "A-01",
      is: "location.code_taken",
      status: 409,
    },
    {
      why: "a bin without a parent",
      kind: "bin",
      code: "X",
      is: "location.misplaced",
      status: 400,
    },
    {
      why: "a parent that is not there",
      kind: "bin",
      code: "X",
      parentId: crypto.randomUUID(),
      is: "location.unknown",
      status: 404,
    },
  ])("refuse $why", async ({ kind, code, parentId = null, is, status }) => {
    const body = { kind, code, name: code, parentId };
    expect(await plant.call("POST", "/api/stock/locations", body)).toMatchObject({
      status,
      body: { code: is },
    });
  });
});

describe("a posting", () => {
  test("moves stock, and shows it by item, place and in the list of moves", async () => {
    const itemId = await makeItem();
    expect(await post([receipt(itemId, "10"), receipt(itemId, "2.5")])).toEqual({
      posted: 2,
      repeated: 0,
    });
    await post([move(itemId, "4", places.a, places.b)]);
    expect(await balances(itemId)).toEqual([
      ["A-01", "8.5", "8.5"],
      ["B-01", "4", "4"],
    ]);
    const supplier = await plant.get<{ rows: StockBalance[] }>(
      `/api/stock/balances?itemId=${itemId}&locationId=${places.supplier}`,
    );
    expect(supplier.rows.map(({ quantity, available }) => [quantity, available])).toEqual([
      ["-12.5", "0"],
    ]);
    type Page = { rows: StockMove[]; nextCursor: string };
    const url = `/api/stock/moves?itemId=${itemId}&limit=2`;
    const first = await plant.get<Page>(url);
    const second = await plant.get<Page>(`${url}&cursor=${first.nextCursor}`);
    const all = [...first.rows, ...second.rows];
    expect(all.map(({ fromCode, toCode }) => `${fromCode}>${toCode}`)).toEqual([
      "A-01>B-01",
      "SUPPLIER>A-01",
      "SUPPLIER>A-01",
    ]);
    expect(all[0]).toMatchObject({ quantity: "4", movedTime: "2026-11-20T10:00:00.000Z" });
    const inB = await plant.get<Page>(`/api/stock/moves?itemId=${itemId}&locationId=${places.b}`);
    expect(inB.rows).toHaveLength(1);
  });

  test("of a move that was posted before changes nothing, even when it would be refused now", async () => {
    const itemId = await makeItem();
    const first = receipt(itemId, "5");
    const taken = move(itemId, "5", places.a, places.scrap);
    await post([first, taken]);
    expect(await post([taken, first])).toEqual({ posted: 0, repeated: 2 });
    expect(await post([first, receipt(itemId, "1")])).toEqual({ posted: 1, repeated: 1 });
    expect(await balances(itemId)).toEqual([["A-01", "1", "1"]]);
    expect(await refusal([{ ...first, quantity: "6" }])).toBe("409 move.id_reused");
  });

  test("that is refused leaves nothing behind", async () => {
    const itemId = await makeItem();
    expect(await refusal([receipt(itemId, "5"), move(itemId, "6", places.a, places.b)])).toBe(
      "409 stock.not_enough",
    );
    expect(await balances(itemId)).toEqual([]);
    expect((await plant.get<{ rows: [] }>(`/api/stock/moves?itemId=${itemId}`)).rows).toEqual([]);
  });

  test("is told in events of at most 200 moves", async () => {
    const itemId = await makeItem();
    await post(Array.from({ length: 450 }, () => receipt(itemId, "1")));
    expect(await balances(itemId)).toEqual([["A-01", "450", "450"]]);
    const sizes = await plant.core.db.inTenant(plant.tenantId, async (tx) => {
      const events = await readStreamPage(tx, { stream: "stock", before: null, limit: 3 });
      return events.map(({ payload }) => (payload as { moves: unknown[] }).moves.length);
    });
    expect(sizes).toEqual([50, 200, 200]);
  });

  test.each<[string, (itemId: string) => object, string]>([
    ["an unknown item", () => ({ itemId: crypto.randomUUID() }), "404 item.unknown"],
    ["an unknown location", () => ({ toLocationId: crypto.randomUUID() }), "404 location.unknown"],
    ["a warehouse as such", () => ({ toLocationId: warehouseId }), "400 location.holds_no_stock"],
    [
      "a move to where it is",
      () => ({ fromLocationId: places.a, toLocationId: places.a }),
      "400 move.same_location",
    ],
    ["a quantity of zero", () => ({ quantity: "0" }), "400 quantity.not_positive"],
    ["a negative quantity", () => ({ quantity: "-1" }), "400 quantity.not_positive"],
    ["a quantity finer than the UoM", () => ({ quantity: "1.2345" }), "400 quantity.too_precise"],
    ["more than there can be", () => ({ quantity: "1000000000000" }), "400 quantity.too_large"],
    ["a lot where there are none", () => ({ lotNumber: "L1" }), "400 lot.not_tracked"],
    [
      "an unknown reservation",
      () => ({ reservationId: crypto.randomUUID() }),
      "404 reservation.unknown",
    ],
  ])("refuses %s", async (_why, change, code) => {
    const itemId = await makeItem();
    expect(await refusal([{ ...receipt(itemId, "1"), ...change(itemId) }])).toBe(code);
  });

  test("refuses one id twice, and more moves than one posting may hold", async () => {
    const itemId = await makeItem();
    const one = receipt(itemId, "1");
    expect(await refusal([one, one])).toBe("400 move.repeated");
    const many = Array.from({ length: 1001 }, () => receipt(itemId, "1"));
    expect(await refusal(many)).toBe("400 request.not_valid");
  });
});

describe("lots", () => {
  test("come in with a number, are found by it, and carry their quality", async () => {
    const itemId = await makeItem("lot");
    await post([{ ...receipt(itemId, "10"), lotNumber: "L-7", lotStatus: "quarantine" }]);
    const used = { ...move(itemId, "1", places.a, places.production), lotNumber: "L-7" };
    expect(await refusal([used])).toBe("409 lot.in_quarantine");
    expect(await balances(itemId)).toEqual([["A-01", "10", "0"]]);
    const released = await command((await lot(itemId)).lotId, "release");
    expect(released).toMatchObject({
      status: 200,
      body: { status: "released", commands: { release: { isAllowed: false } } },
    });
    await post([used]);
    expect(await balances(itemId)).toEqual([["A-01", "9", "9"]]);
  });

  test("that are blocked or expired are not used, but may be moved aside", async () => {
    const itemId = await makeItem("lot");
    const lotExpiresTime = "2026-11-20T12:00:00Z";
    await post([{ ...receipt(itemId, "10"), lotNumber: "L", lotExpiresTime }]);
    const used = { ...move(itemId, "1", places.a, places.production), lotNumber: "L" };
    await command((await lot(itemId)).lotId, "block");
    expect(await refusal([used])).toBe("409 lot.blocked");
    await command((await lot(itemId)).lotId, "release");
    plant.setClock("2026-11-20T12:00:00Z");
    expect(await refusal([used])).toBe("409 lot.expired");
    expect(await balances(itemId)).toEqual([["A-01", "10", "0"]]);
    expect(await lot(itemId)).toMatchObject({ isExpired: true, status: "released" });
    await post([{ ...move(itemId, "10", places.a, places.scrap), lotNumber: "L" }]);
    plant.setClock("2026-11-20T10:00:00Z");
  });

  test("refuse a transition that is not listed, naming those that are", async () => {
    const itemId = await makeItem("lot");
    await post([{ ...receipt(itemId, "1"), lotNumber: "Q", lotStatus: "quarantine" }]);
    const { lotId } = await lot(itemId);
    expect(await command(lotId, "block")).toMatchObject({
      status: 409,
      body: { code: "lot.transition_refused", current: "quarantine", allowed: ["released"] },
    });
    expect(await command(crypto.randomUUID(), "block")).toMatchObject({
      status: 404,
      body: { code: "lot.unknown" },
    });
  });

  test("refuse a missing number, an unknown one and one of another item", async () => {
    const itemId = await makeItem("lot");
    const other = await makeItem("lot");
    await post([{ ...receipt(other, "1"), lotNumber: "THEIRS" }]);
    expect(await refusal([receipt(itemId, "1")])).toBe("400 lot.missing");
    const out = move(itemId, "1", places.a, places.production);
    expect(await refusal([{ ...out, lotNumber: "NOBODY" }])).toBe("404 lot.unknown");
    expect(await refusal([{ ...out, lotNumber: "THEIRS" }])).toBe("409 lot.foreign");
  });

  test("of one piece: a serial is in one place", async () => {
    const itemId = await makeItem("serial");
    const serial = { ...receipt(itemId, "1"), lotNumber: "SN-1" };
    await post([serial]);
    expect(await refusal([{ ...serial, moveId: crypto.randomUUID() }])).toBe(
      "409 serial.duplicate",
    );
    expect(await refusal([{ ...receipt(itemId, "2"), lotNumber: "SN-2" }])).toBe(
      "400 serial.quantity_not_one",
    );
    // It may leave and come back.
    await post([{ ...move(itemId, "1", places.a, places.supplier), lotNumber: "SN-1" }]);
    await post([{ ...serial, moveId: crypto.randomUUID(), toLocationId: places.b }]);
    expect(await balances(itemId)).toEqual([["B-01", "1", "1"]]);
  });
});

describe("how an item is kept", () => {
  test("may be said again, and changed until it moves", async () => {
    const itemId = await makeItem("lot");
    await plant.post("/api/stock/items", { itemId, tracking: "none", uomDecimals: 0 });
    await post([receipt(itemId, "1")]);
    await plant.post("/api/stock/items", { itemId, tracking: "none", uomDecimals: 0 });
    const again = { itemId, tracking: "lot", uomDecimals: 0 };
    expect(await plant.call("POST", "/api/stock/items", again)).toMatchObject({
      status: 409,
      body: { code: "item.has_moved" },
    });
    const broken = { itemId, tracking: "serial", uomDecimals: 2 };
    expect(await plant.call("POST", "/api/stock/items", broken)).toMatchObject({
      status: 400,
      body: { code: "item.serials_are_whole" },
    });
  });
});

async function makeItem(tracking?: "lot" | "serial"): Promise<string> {
  const number = `IT-${crypto.randomUUID().slice(0, 8)}`;
  const body = { number, name: "Thing", kind: "buy", uom: "g", operations: [] };
  const { itemId } = await plant.post<{ itemId: string }>("/api/items", body);
  if (tracking !== undefined) {
    await plant.post("/api/stock/items", { itemId, tracking, uomDecimals: 0 });
  }
  return itemId;
}

function move(itemId: string, quantity: string, fromLocationId: string, toLocationId: string) {
  const moveId = crypto.randomUUID();
  return { moveId, itemId, quantity, fromLocationId, toLocationId, reason: "test" };
}

function receipt(itemId: string, quantity: string) {
  return move(itemId, quantity, places.supplier, places.a);
}

function post(moves: readonly object[]) {
  return plant.post("/api/stock/moves", { moves });
}

async function refusal(moves: readonly object[]): Promise<string> {
  const { status, body } = await plant.call("POST", "/api/stock/moves", { moves });
  return `${status} ${(body as { code: string }).code}`;
}

/** `[location, quantity, available]` of the places that hold the item. */
async function balances(itemId: string) {
  const { rows } = await plant.get<{ rows: StockBalance[] }>(
    `/api/stock/balances?itemId=${itemId}`,
  );
  return rows.map(({ locationCode, quantity, available }) => [locationCode, quantity, available]);
}

async function lot(itemId: string): Promise<Lot> {
  const { rows } = await plant.get<{ rows: Lot[] }>(`/api/stock/lots?itemId=${itemId}`);
  const [only] = rows;
  if (only === undefined) throw new Error("the item has no lot");
  return only;
}

function command(lotId: string, name: "release" | "block") {
  return plant.call("POST", `/api/stock/lots/${lotId}/${name}`, { reason: "inspected" });
}
