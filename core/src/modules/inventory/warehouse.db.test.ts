import type {
  CycleCount,
  ReservationOnTheWire,
  Scanned,
  StockBalance,
  StoredItem,
  Transfer,
  WorkOrder,
} from "@millwright/contracts/api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeLine, makePlace } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { verifyStock } from "./verify.ts";

const { database, plant } = await plantOfFile();
let north: string;
let south: string;
let places: { supplier: string; n1: string; n2: string; n3: string; s1: string };

beforeAll(async () => {
  const site = await makePlace(plant, "site", "S");
  [north, south] = [
    await makePlace(plant, "warehouse", "NORTH", site),
    await makePlace(plant, "warehouse", "SOUTH", site),
  ];
  places = {
    supplier: await makePlace(plant, "supplier", "SUPPLIER"),
    n1: await makePlace(plant, "bin", "N-01", north),
    n2: await makePlace(plant, "bin", "N-02", await makePlace(plant, "zone", "NZ", north)),
    n3: await makePlace(plant, "bin", "N-03", north),
    s1: await makePlace(plant, "bin", "S-01", south),
  };
});
afterAll(async () => {
  const findings = await plant.core.db.inTenant(plant.tenantId, verifyStock);
  // Whatever the tests did, the books hold.
  expect(findings).toEqual([]);
});

let count = 0;

async function item(tracking: "none" | "lot" | "serial" = "none"): Promise<string> {
  count += 1;
  const asked = { number: `W-${count}`, name: "Ware", kind: "buy", uom: "pc", tracking };
  return (await plant.post<StoredItem>("/api/items", { ...asked, operations: [] })).itemId;
}

async function receipt(
  itemId: string,
  quantity: string,
  toLocationId: string,
  lot: { lotNumber?: string; lotExpiresTime?: string } = {},
): Promise<void> {
  const move = { moveId: crypto.randomUUID(), itemId, quantity, reason: "receipt", ...lot };
  const moves = [{ ...move, fromLocationId: places.supplier, toLocationId }];
  await plant.post("/api/stock/moves", { moves });
}

async function stock(itemId: string): Promise<string[][]> {
  const path = `/api/stock/balances?itemId=${itemId}`;
  const { rows } = await plant.get<{ rows: StockBalance[] }>(path);
  return rows.map(({ locationCode, quantity }) => [locationCode, quantity]);
}

async function released(itemId: string, quantity: string): Promise<Transfer> {
  const lines = [{ itemId, quantity }];
  const body = { fromId: north, toId: south, lines };
  const transfer = await plant.post<Transfer>("/api/transfers", body);
  return plant.post(`/api/transfers/${transfer.transferId}/release`);
}
const send = (transfer: Transfer, lines: object[]) =>
  plant.call("POST", `/api/transfers/${transfer.transferId}/shipment`, { lines });
const take = (transfer: Transfer, body: object) =>
  plant.call("POST", `/api/transfers/${transfer.transferId}/receipt`, body);

const open = (locationId: string) => plant.call("POST", "/api/cycle-counts", { locationId });
const report = (countId: string, lines: object[]) =>
  plant.call("POST", `/api/cycle-counts/${countId}/report`, { lines });

const print = (body: object) =>
  plant.app.api.request("/api/stock/labels", {
    method: "POST",
    headers: {
      authorization: `Bearer ${database.apiKey}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });

describe("a transfer", () => {
  test("goes through in-transit and arrives in parts", async () => {
    const itemId = await item();
    await receipt(itemId, "6", places.n1);
    await receipt(itemId, "6", places.n2);
    const transfer = await released(itemId, "10");
    const sent = await send(transfer, [
      { itemId, locationId: places.n1, quantity: "6" },
      { itemId, locationId: places.n2, quantity: "4" },
    ]);
    expect(sent).toMatchObject({ status: 200, body: { state: "in_transit" } });
    expect(await stock(itemId)).toEqual([
      ["IN_TRANSIT", "10"],
      ["N-02", "2"],
    ]);
    const part = await take(transfer, {
      lines: [{ itemId, locationId: places.s1, quantity: "7" }],
    });
    expect(part).toMatchObject({ body: { state: "partly_received" } });
    const rest = await take(transfer, {
      lines: [{ itemId, locationId: places.s1, quantity: "3" }],
    });
    expect(rest).toMatchObject({ body: { state: "received", lines: [{ lost: "0" }] } });
    expect(await stock(itemId)).toEqual([
      ["N-02", "2"],
      ["S-01", "10"],
    ]);
  });

  test("books out what never arrives, lot by lot, with the reason", async () => {
    const itemId = await item("lot");
    await receipt(itemId, "5", places.n1, { lotNumber: "L1" });
    await receipt(itemId, "5", places.n1, { lotNumber: "L2" });
    const transfer = await released(itemId, "10");
    const from = { itemId, locationId: places.n1, quantity: "5" };
    await send(transfer, [
      { ...from, lotNumber: "L1" },
      { ...from, lotNumber: "L2" },
    ]);
    const lines = [{ itemId, locationId: places.s1, lotNumber: "L2", quantity: "4" }];
    const silent = await take(transfer, { lines, isComplete: true });
    expect(silent).toMatchObject({ status: 400, body: { code: "transfer.reason_missing" } });
    const told = await take(transfer, { lines, isComplete: true, reason: "Pallet fell" });
    expect(told).toMatchObject({
      body: { state: "received", lines: [{ received: "4", lost: "6" }] },
    });
    expect(await stock(itemId)).toEqual([["S-01", "4"]]);
    const moves = await plant.get<{
      rows: { reason: string; quantity: string; lotNumber: string }[];
    }>(`/api/stock/moves?itemId=${itemId}`);
    const lost = moves.rows.filter(({ reason }) => reason === "Pallet fell");
    expect(lost.map(({ lotNumber, quantity }) => `${lotNumber} ${quantity}`).toSorted()).toEqual([
      "L1 5",
      "L2 1",
    ]);
  });

  test("refuses what its state, its lines or its places do not allow, and moves nothing", async () => {
    const itemId = await item();
    await receipt(itemId, "5", places.n1);
    const transfer = await released(itemId, "3");
    const from = { itemId, locationId: places.n1 };
    expect(await send(transfer, [{ ...from, quantity: "4" }])).toMatchObject({
      status: 409,
      body: { code: "transfer.more_than_asked" },
    });
    expect(await send(transfer, [{ ...from, locationId: places.s1, quantity: "1" }])).toMatchObject(
      {
        status: 400,
        body: { code: "transfer.bin_elsewhere" },
      },
    );
    expect(await take(transfer, { lines: [] })).toMatchObject({
      status: 409,
      body: { code: "transfer.transition_refused", current: "released" },
    });
    await plant.post(`/api/transfers/${transfer.transferId}/cancel`);
    expect(await send(transfer, [{ ...from, quantity: "3" }])).toMatchObject({
      status: 409,
      body: { current: "cancelled" },
    });
    expect(await stock(itemId)).toEqual([["N-01", "5"]]);
  });

  test("shipped by two people at once leaves once", async () => {
    const itemId = await item();
    await receipt(itemId, "9", places.n1);
    const transfer = await released(itemId, "3");
    const lines = [{ itemId, locationId: places.n1, quantity: "3" }];
    const both = await Promise.all([send(transfer, lines), send(transfer, lines)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(await stock(itemId)).toEqual([
      ["IN_TRANSIT", "3"],
      ["N-01", "6"],
    ]);
  });
});

describe("a cycle count", () => {
  test("is blind, and its difference becomes an adjustment", async () => {
    const [found, absent] = [await item(), await item()];
    await receipt(found, "10", places.n3);
    await receipt(absent, "4", places.n3);
    const opened = (await open(places.n3)).body as CycleCount;
    expect(opened).toMatchObject({ state: "open", lines: [] });
    expect(await open(places.n3)).toMatchObject({
      status: 409,
      body: { code: "count.bin_in_count" },
    });
    const counted = await report(opened.countId, [{ itemId: found, quantity: "12" }]);
    const { lines } = counted.body as CycleCount;
    expect(lines.map(({ itemId, difference }) => [itemId, difference])).toEqual(
      expect.arrayContaining([
        [found, "2"],
        [absent, "-4"],
      ]),
    );
    // Sold between counting and posting: nobody's difference.
    await receipt(found, "1", places.n3);
    const posted = await plant.post<CycleCount>(`/api/cycle-counts/${opened.countId}/post`);
    expect(posted.state).toBe("posted");
    expect(await stock(found)).toEqual([["N-03", "13"]]);
    expect(await stock(absent)).toEqual([]);
    const again = await plant.call("POST", `/api/cycle-counts/${opened.countId}/post`);
    expect(again).toMatchObject({ status: 409, body: { code: "count.transition_refused" } });
  });

  test("belongs to who began it, until a recount is asked for", async () => {
    const itemId = await item();
    await receipt(itemId, "2", places.n2);
    const { countId } = (await open(places.n2)).body as CycleCount;
    await report(countId, [{ itemId, quantity: "2" }]);
    await plant.core.db.inTenant(plant.tenantId, async (tx) => {
      const { reportCount } = await import("./count-stock.ts");
      const { engineering } = await import("../engineering/index.ts");
      const deps = { engineering, newId: () => crypto.randomUUID() };
      const other = {
        actor: { kind: "person", id: "other" } as const,
        name: "Other",
        now: new Date(),
      };
      await expect(reportCount(tx, deps, { countId, lines: [] }, other)).rejects.toMatchObject({
        code: "count.other_counter",
      });
    });
    expect(await plant.post(`/api/cycle-counts/${countId}/recount`)).toMatchObject({
      state: "open",
      countedBy: null,
      lines: [],
    });
    await plant.post(`/api/cycle-counts/${countId}/cancel`);
  });

  test("refuses what was scanned twice, another item's serial, and a label that is missing", async () => {
    const [serial, other] = [await item("serial"), await item("serial")];
    await receipt(serial, "1", places.n2, { lotNumber: "SN-1" });
    const { countId } = (await open(places.n2)).body as CycleCount;
    const line = { itemId: serial, lotNumber: "SN-1", quantity: "1" };
    const codes = [
      [[line, line], "count.line_twice"],
      [[{ itemId: serial, quantity: "1" }], "lot.needed"],
    ] as const;
    for (const [lines, code] of codes) {
      expect(await report(countId, [...lines])).toMatchObject({ status: 400, body: { code } });
    }
    // Found in the bin, and the books do not know it: in by adjustment, in quarantine.
    await report(countId, [line, { itemId: other, lotNumber: "SN-2", quantity: "1" }]);
    await plant.post(`/api/cycle-counts/${countId}/post`);
    const lots = await plant.get<{ rows: { status: string }[] }>(`/api/stock/lots?itemId=${other}`);
    expect(lots.rows).toMatchObject([{ status: "quarantine" }]);
  });
});

test("picks go first expired first out, over bins, and say what is missing", async () => {
  const itemId = await item("lot");
  await receipt(itemId, "5", places.n1, { lotNumber: "B", lotExpiresTime: "2027-06-01T00:00:00Z" });
  await receipt(itemId, "5", places.s1, { lotNumber: "A", lotExpiresTime: "2027-05-01T00:00:00Z" });
  await receipt(itemId, "5", places.n2, { lotNumber: "C" });
  const ask = (query: string) =>
    plant.get<{ rows: { lotNumber: string; quantity: string }[]; missing: string }>(
      `/api/stock/suggestions/picks?itemId=${itemId}&${query}`,
    );
  const all = await ask("quantity=12");
  expect(all.rows.map(({ lotNumber, quantity }) => [lotNumber, quantity])).toEqual([
    ["A", "5"],
    ["B", "5"],
    ["C", "2"],
  ]);
  expect(all.missing).toBe("0");
  const within = await ask(`quantity=12&withinId=${north}`);
  expect(within.rows.map(({ lotNumber }) => lotNumber)).toEqual(["B", "C"]);
  expect(within.missing).toBe("2");
});

test("put-aways go beside the same item, then to an empty bin", async () => {
  const itemId = await item();
  await receipt(itemId, "5", places.s1);
  const path = `/api/stock/suggestions/put-aways?itemId=${itemId}`;
  const { rows } = await plant.get<{ rows: { locationCode: string; reason: string }[] }>(path);
  expect(rows[0]).toMatchObject({ locationCode: "S-01", reason: "same_item", quantity: "5" });
});

test("a reservation is kept, picked and given back over the API", async () => {
  const itemId = await item();
  await receipt(itemId, "5", places.s1);
  const asked = { itemId, locationId: places.s1, reference: "work_order:1" };
  const reserve = (quantity: string) =>
    plant.call("POST", "/api/stock/reservations", { ...asked, quantity });
  const kept = (await reserve("3")).body as ReservationOnTheWire;
  expect(kept).toMatchObject({
    state: "open",
    quantity: "3",
    commands: { pick: { isAllowed: true } },
  });
  expect(await reserve("3")).toMatchObject({ status: 409, body: { code: "stock.not_available" } });
  const path = `/api/stock/reservations/${kept.reservationId}`;
  expect(await plant.post(`${path}/pick`)).toMatchObject({ state: "picked" });
  expect(await plant.post(`${path}/release`)).toMatchObject({ state: "released" });
  expect(await reserve("5")).toMatchObject({ status: 201 });
  const list = await plant.get<{ rows: unknown[] }>(
    `/api/stock/reservations?itemId=${itemId}&state=open`,
  );
  expect(list.rows).toHaveLength(1);
});

test("a scan says what it is: a place, an item, a lot, or nothing we know", async () => {
  const itemId = await item("lot");
  const { number } = await plant.get<StoredItem>(`/api/items/${itemId}`);
  const ask = (text: string) =>
    plant.get<Scanned>(`/api/stock/scan?text=${encodeURIComponent(text)}`);
  // Never moved, and known all the same.
  expect(await ask(number)).toMatchObject({ kind: "item", itemId, uom: "pc" });
  await receipt(itemId, "5", places.n1, { lotNumber: "SCAN-1" });
  expect(await ask("SCAN-1")).toMatchObject({ kind: "lot", itemId, lotNumber: "SCAN-1" });
  expect(await ask(`(91)${number}(92)NEW-1`)).toMatchObject({
    kind: "item",
    lotId: null,
    lotNumber: "NEW-1",
  });
  const separator = String.fromCodePoint(29);
  expect(await ask(`]d2${separator}91${number}${separator}92SCAN-1`)).toMatchObject({
    kind: "lot",
    itemId,
  });
  expect(await ask("(93)N-01")).toMatchObject({ kind: "location", locationId: places.n1 });
  expect(await ask("n-01")).toMatchObject({ kind: "none" });
  // Two items have a lot of this number: guessing would move the wrong goods.
  const other = await item("lot");
  await receipt(other, "5", places.n1, { lotNumber: "SCAN-1" });
  expect(await ask("SCAN-1")).toMatchObject({ kind: "none" });
  expect(await ask(`(91)${number}(92)SCAN-1`)).toMatchObject({ kind: "lot", itemId });
});

test("labels are printed as PDF and as ZPL, and what is not there is refused", async () => {
  const itemId = await item("lot");
  const labels = [
    { of: "item", itemId, lotNumber: "L-1", quantity: "40" },
    { of: "location", locationId: places.n1 },
  ];
  const pdf = await print({ labels });
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(new TextDecoder().decode(await pdf.arrayBuffer()).startsWith("%PDF-")).toBe(true);
  const zpl = await (await print({ labels, format: "zpl", symbology: "qr" })).text();
  expect(zpl.match(/\^XA/g)).toHaveLength(2);
  expect(zpl).toContain("(93)N-01");
  const lost = [{ of: "location", locationId: crypto.randomUUID() }];
  expect((await print({ labels: lost })).status).toBe(404);
});

test("what is kept for an order is free again when the order is cancelled, and nothing else", async () => {
  const itemId = await item();
  await receipt(itemId, "10", places.n1);
  const { item: product } = await makeLine(plant, ["Press"]);
  const asked = { itemId: product.itemId, quantity: "5" };
  const order = await plant.post<WorkOrder>("/api/work-orders", asked);
  const keep = (quantity: string, reference: string) =>
    plant.post<ReservationOnTheWire>("/api/stock/reservations", {
      itemId,
      locationId: places.n1,
      quantity,
      reference,
    });
  const kept = [
    await keep("1", order.number),
    await keep("2", `work_order:${order.workOrderId}`),
    await keep("3", "WO-another"),
  ];
  const picked = `/api/stock/reservations/${kept[1]?.reservationId ?? ""}/pick`;
  await plant.post(picked);
  await plant.post(`/api/work-orders/${order.workOrderId}/cancel`, { reason: "not wanted" });
  await plant.settle();
  const { rows } = await plant.get<{ rows: ReservationOnTheWire[] }>(
    `/api/stock/reservations?itemId=${itemId}`,
  );
  const states = Object.fromEntries(rows.map(({ reference, state }) => [reference, state]));
  expect(states).toEqual({
    [order.number]: "released",
    [`work_order:${order.workOrderId}`]: "released",
    "WO-another": "open",
  });
  const balances = await plant.get<{ rows: StockBalance[] }>(
    `/api/stock/balances?itemId=${itemId}`,
  );
  expect(balances.rows).toMatchObject([{ quantity: "10", reserved: "3", available: "7" }]);
});
