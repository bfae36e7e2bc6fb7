import type {
  ImportReport,
  StoredItem,
  Transfer,
  WorkOrderSummary,
} from "@millwright/contracts/api";
import { strToU8 } from "fflate";
import { expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { readFileRecords } from "./read-file.ts";

const { database, plant } = await plantOfFile();

/** Lists that are no table files, each with its reason. */
const without: Readonly<Record<string, string>> = {
  "/api/work-orders/{workOrderId}/events": "history of one thing: payloads have no columns",
  "/api/work-units/{workUnitId}/events": "history of one thing: payloads have no columns",
  "/api/admin/subscriptions/{name}/parked": "a board: each waits for a decision, and goes with it",
  "/api/admin/sagas": "a board: each waits for a decision, and goes with it",
  "/api/admin/jobs": "a queue: what is done is forgotten after a day",
  // Short lists, which one screen shows whole.
  "/api/admin/policy/refusals": "the newest 200, kept to explain a refusal of today",
  "/api/admin/api-keys": "to be revoked, one by one; a file of them serves whoever collects keys",
  "/api/admin/oidc-providers": "set up once, at most 20",
  "/api/admin/subscriptions": "a board of the state of this moment",
  "/api/admin/webhooks": "a handful, whose secrets are nowhere",
  "/api/admin/flags": "switches of this installation, all on one screen",
  "/api/admin/settings": "one value each, all on one screen",
  "/api/analytics/downtime/stops": "computed for one bar of the Pareto, at most 500",
  "/api/boms/{bomId}/compare/{otherBomId}": "computed for two revisions",
  "/api/calendars": "nested shifts and exceptions: no table",
  "/api/calendars/{calendarId}/working-time": "a calendar's days, computed for one screen",
  "/api/capabilities": "words to choose from",
  "/api/edge-nodes": "a handful, each with its credentials",
  "/api/items/{itemId}/attachments": "files themselves: each has its download",
  "/api/items/{itemId}/bom-tree": "computed for one item: /api/bom-lines is the file of all",
  "/api/items/{itemId}/boms": "revisions of one item: /api/bom-lines is the file of all",
  "/api/items/{itemId}/where-used": "computed for one item",
  "/api/metric-retentions": "the few metrics that have a time of their own, changed beside each",
  "/api/me/sessions": "a person's own, to be ended one by one",
  "/api/notifications": "news of one person, the newest 100",
  "/api/planning/plans/{planId}/orders/{orderNumber}/pegs": "computed for one order, at most 500",
  "/api/stock/suggestions/picks": "computed for one task",
  "/api/stock/suggestions/put-aways": "computed for one task",
  "/api/work-center-rates": "edited as one sheet",
  "/api/work-units/{workUnitId}/stops": "computed for one machine, each answered beside it",
};
/** Lists that are exported and not imported, each with its reason. */
const onlyOut: Readonly<Record<string, string>> = {
  "/api/metrics": "machines tell them",
  "/api/stock/lots": "moves make them: import moves",
  "/api/stock/balances": "the sum of moves: import moves",
  "/api/stock/reservations": "made for an order, which they belong to",
  "/api/stock/gauges": "each is tried on its sensor when it is set up",
  "/api/stock/proposals": "sensors make them",
  "/api/unassigned-counts": "machines count them",
  "/api/planning/plans": "an engine makes them",
  "/api/planning/plans/{planId}/orders": "an engine makes them",
  "/api/planning/plans/{planId}/messages": "an engine makes them",
  "/api/planning/purchase-proposals": "planned orders become them",
  "/api/admin/audit": "nobody writes it",
  "/api/admin/users": "an invitation is a link for one person",
  "/api/admin/departments": "rights hang on them: made one by one",
};

test("every list has an export, and an import unless it makes no sense", async () => {
  type Operation = { responses: Record<string, unknown> };
  type Document = { paths: Record<string, Record<string, Operation>> };
  const { paths } = await plant.get<Document>("/api/openapi.json");
  // A list answers `{rows: […]}`, with or without a cursor.
  const lists = Object.entries(paths).flatMap(([path, { get }]) =>
    /"schema":\{"type":"object","properties":\{"rows":\{"type":"array"/.test(
      JSON.stringify(get?.responses["200"] ?? {}),
    )
      ? [path]
      : [],
  );
  expect(lists.length).toBeGreaterThanOrEqual(35);
  expect(Object.keys(without).filter((path) => !lists.includes(path))).toEqual([]);
  const mine = lists.filter((path) => !(path in without));
  expect(mine.filter((path) => paths[`${path}/export`]?.["get"] === undefined)).toEqual([]);
  const noImport = mine.filter((path) => paths[`${path}/import`]?.["post"] === undefined);
  expect(noImport.sort()).toEqual(Object.keys(onlyOut).sort());
});

test("every export answers with its header, though there is nothing to list", async () => {
  const { paths } = await plant.get<{ paths: object }>("/api/openapi.json");
  const files = Object.keys(paths).filter((path) => path.endsWith("/export"));
  for (const path of files) {
    const [header] = await exported(path.replace("{planId}", crypto.randomUUID()));
    expect(header?.length, path).toBeGreaterThan(2);
  }
});

async function exported(path: string, format = "csv"): Promise<(readonly string[])[]> {
  const separator = path.includes("?") ? "&" : "?";
  const answer = await ask(`${path}${separator}format=${format}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="[a-z-]+\./);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return readFileRecords(bytes, 100_000).map(({ cells }) => cells);
}

type Init = Omit<RequestInit, "headers"> & { headers?: Record<string, string> };

function ask(path: string, init: Init = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${database.apiKey}`, ...init.headers };
  return Promise.resolve(plant.app.api.request(path, { ...init, headers }));
}

async function importCsv(path: string, lines: readonly string[], query = ""): Promise<Imported> {
  const answer = await ask(`${path}/import${query}`, {
    method: "POST",
    headers: { "content-type": "text/csv" },
    body: lines.join("\n"),
  });
  return { status: answer.status, body: (await answer.json()) as Imported["body"] };
}
type Imported = { status: number; body: ImportReport & { code?: string; report?: ImportReport } };

test("items come in as a file with their routing, all or none, and every bad row is told", async () => {
  await importCsv("/api/work-centers", [
    "areaName;name;isManual",
    "Hall A;Mill;false",
    "Hall B;Mill;1",
  ]);
  const head =
    "number,name,kind,uom,step,operationName,areaName,workCenterName,runMsPerUnit,setupMs";
  const good = [
    'T-1,"Shaft, long",make,pc,10,Mill it,Hall A,Mill,1500.5,60000',
    'T-1,"Shaft, long",make,pc,20,Again,Hall B,Mill,1000,',
    "T-2,=1+1,buy,kg,,,,,,",
  ];
  const bad = [
    "T-3,Cover,make,pc,10,Cut,Hall A,Lathe,1000,",
    "T-4,Cover,make,pc,10,Cut,,Mill,1000,",
    "T-5,Cover,build,pc,,,,,,",
    "T-6,Cover,buy,parsec,,,,,,",
    "T-7,Cover,buy,pc,10,Cut,Hall A,Mill,fast,",
    "T-8,Cover,buy,pc,,,,,,",
    "T-8,Lid,buy,pc,10,Cut,Hall A,Mill,1,",
  ];
  const refused = await importCsv("/api/items", [head, ...good, ...bad]);
  expect([refused.status, refused.body.code]).toEqual([422, "import.rows_refused"]);
  expect(refused.body.report).toMatchObject({ rows: 10, isSaved: false, isDryRun: false });
  expect(told(refused)).toEqual([
    [5, "workCenterName", "work_center.unknown"],
    [6, "areaName", "import.cell_missing"],
    [7, "kind", "import.cell_not_valid"],
    [8, null, "uom.unknown"],
    [9, "runMsPerUnit", "import.cell_not_valid"],
    [11, "name", "import.rows_differ"],
  ]);
  expect((await plant.get<{ rows: object[] }>("/api/items?search=T-")).rows).toEqual([]);

  const dry = await importCsv("/api/items", [head, ...good], "?dryRun=true");
  expect(dry).toMatchObject({ status: 200, body: { rows: 3, problemCount: 0, isSaved: false } });
  expect((await plant.get<{ rows: object[] }>("/api/items?search=T-")).rows).toEqual([]);

  const saved = await importCsv("/api/items", [head, ...good]);
  expect(saved).toMatchObject({ status: 200, body: { rows: 3, goodRows: 3, isSaved: true } });
  const { rows } = await plant.get<{ rows: StoredItem[] }>("/api/items?search=T-");
  expect(rows.map(({ number, name, operations }) => [number, name, operations.length])).toEqual([
    ["T-1", "Shaft, long", 2],
    ["T-2", "=1+1", 0],
  ]);
  const again = await importCsv("/api/items", [head, ...good]);
  expect(again.body.report?.problems.map(({ line, code }) => [line, code])).toEqual([
    [2, "item.number_taken"],
    [4, "item.number_taken"],
  ]);
});

test.each(["csv", "xlsx"])("items go out as %s as they would come in", async (format) => {
  const [header, ...rows] = await exported("/api/items/export?search=T-", format);
  expect(header?.slice(0, 4)).toEqual(["number", "name", "kind", "uom"]);
  const cells = (line: readonly string[] | undefined, ...fields: string[]) =>
    fields.map((field) => line?.[header?.indexOf(field) ?? -1] ?? "");
  expect(cells(rows[0], "name", "step", "areaName", "runMsPerUnit", "setupMs")).toEqual([
    "Shaft, long",
    "10",
    "Hall A",
    "1500.5",
    "60000",
  ]);
  expect(cells(rows[2], "name", "step")).toEqual(["=1+1", ""]);
  const file = await ask(`/api/items/export?search=T-&format=${format}`);
  const form = new FormData();
  form.set("file", new File([new Uint8Array(await file.arrayBuffer())], `items.${format}`));
  const answer = await ask("/api/items/import?dryRun=true", { method: "POST", body: form });
  const report = (await answer.json()) as ImportReport;
  // Everything of it was understood: only the numbers are in use.
  expect(report.problems.map(({ code }) => code)).toEqual([
    "item.number_taken",
    "item.number_taken",
  ]);
});

test("work orders come in as drafts, under the same rules", async () => {
  const refused = await importCsv("/api/work-orders", [
    "itemNumber;quantity;dueDate",
    "T-1;5;2026-12-01T06:00:00Z",
    "T-2;5;",
    "T-9;5;",
    "T-1;0;",
    "T-1;many;tomorrow",
  ]);
  expect(told(refused)).toEqual([
    [3, null, "item.not_made"],
    [4, "itemNumber", "item.unknown"],
    [5, null, "work_order.quantity_not_positive"],
    [6, "quantity", "import.cell_not_valid"],
    [6, "dueDate", "import.cell_not_valid"],
  ]);
  const before = await plant.get<{ rows: WorkOrderSummary[] }>("/api/work-orders");
  expect(before.rows).toEqual([]);
  const saved = await importCsv("/api/work-orders", ["itemNumber;quantity", "T-1;5", "T-1;7.0"]);
  expect(saved.body).toMatchObject({ isSaved: true, rows: 2 });
  const [header, ...rows] = await exported("/api/work-orders/export?state=draft");
  expect(rows.map((row) => row[header?.indexOf("quantity") ?? -1])).toEqual(
    expect.arrayContaining(["5", "7"]),
  );
});

test("places and opening stock come in by code; a refused posting names its rows", async () => {
  const places = [
    "code,name,kind,parentCode",
    "S,Site,site,",
    "W,Warehouse,warehouse,S",
    "W-1,Bin,bin,W",
    "SUP,Supplier,supplier,",
  ];
  const misplaced = await importCsv("/api/stock/locations", [
    ...places,
    "X,Bin,bin,S",
    "Y,Bin,bin,Z",
  ]);
  expect(misplaced.body.report?.problems.map(({ line, code }) => [line, code])).toEqual([
    [6, "location.misplaced"],
    [7, "location.unknown"],
  ]);
  expect((await importCsv("/api/stock/locations", places)).body.isSaved).toBe(true);
  const head = "itemNumber,quantity,fromCode,toCode,reason";
  const refused = await importCsv("/api/stock/moves", [
    head,
    "T-2,10.5,SUP,W-1,opening",
    "T-2,11,W-1,SUP,too much",
    "T-2,0,SUP,W-1,nothing",
    "T-2,1,SUP,NOWHERE,lost",
  ]);
  const lines = refused.body.report?.problems.map(({ line }) => line);
  expect(lines).toEqual([3, 4, 5]);
  expect(await exported("/api/stock/balances/export")).toHaveLength(1);
  const saved = await importCsv("/api/stock/moves", [head, "T-2,10.5,SUP,W-1,opening"]);
  expect(saved.body).toMatchObject({ isSaved: true });
  const [header, balance] = await exported("/api/stock/balances/export");
  expect(balance?.[header?.indexOf("quantity") ?? -1]).toBe("10.5");
  expect(await exported("/api/stock/moves/export")).toHaveLength(2);
  expect(await exported("/api/stock/locations/export", "xlsx")).toHaveLength(5);
});

/** Line, column and code of each problem, by line. */
function told({ body }: Imported): (readonly [number, string | null, string])[] {
  const problems = (body.report ?? body).problems;
  return problems.map(({ line, column, code }) => [line, column, code] as const);
}

test("transfers come in as drafts, the rows of one number together", async () => {
  await importCsv("/api/stock/locations", [
    "code,name,kind,parentCode",
    "V,Other,warehouse,S",
    "V-1,Bin,bin,V",
  ]);
  const head = "number;fromCode;toCode;note;itemNumber;quantity";
  const good = ["A;W;V;soon;T-2;1.5", "A;W;V;soon;T-1;2", ";V;W;;T-2;3"];
  const refused = await importCsv("/api/transfers", [
    head,
    ...good,
    "B;W;W;;T-2;1",
    "C;W;X;;T-2;1",
    "D;W;V;;T-0;1",
    "E;W;V;;T-2;0",
    "F;W;V;;T-2;1",
    "F;V;W;;T-1;1",
    "G;W;V;;T-2;1",
    "G;W;V;;T-2;1",
  ]);
  expect([refused.status, refused.body.code]).toEqual([422, "import.rows_refused"]);
  expect(told(refused)).toEqual([
    [5, null, "transfer.same_place"],
    [6, "toCode", "location.unknown"],
    [7, "itemNumber", "item.unknown"],
    [8, "quantity", "import.cell_not_valid"],
    [10, "fromCode", "import.rows_differ"],
    [11, null, "transfer.item_twice"],
  ]);
  const dry = await importCsv("/api/transfers", [head, ...good], "?dryRun=true");
  expect(dry.body).toMatchObject({ rows: 3, problemCount: 0, isSaved: false });
  expect(await exported("/api/transfers/export")).toHaveLength(1);

  expect((await importCsv("/api/transfers", [head, ...good])).body.isSaved).toBe(true);
  const { rows } = await plant.get<{ rows: Transfer[] }>("/api/transfers?state=draft");
  // Made within one millisecond, they may be listed either way.
  const made = rows.map(({ fromCode, note, lines }) => [fromCode, note, lines.length]);
  expect(made).toHaveLength(2);
  expect(made).toEqual(
    expect.arrayContaining([
      ["V", "", 1],
      ["W", "soon", 2],
    ]),
  );
  // What went out comes in again: as drafts of its own.
  const file = await ask("/api/transfers/export?format=xlsx");
  const form = new FormData();
  form.set("file", new File([new Uint8Array(await file.arrayBuffer())], "transfers.xlsx"));
  const again = await ask("/api/transfers/import?dryRun=true", { method: "POST", body: form });
  expect(await again.json()).toMatchObject({ rows: 3, problemCount: 0 });
});

test("counts are planned by a list of bins, each once", async () => {
  const refused = await importCsv("/api/cycle-counts", ["locationCode", "W-1", "W", "NOWHERE"]);
  expect(told(refused)).toEqual([
    [3, "locationCode", "location.not_a_bin"],
    [4, "locationCode", "location.unknown"],
  ]);
  expect(await exported("/api/cycle-counts/export")).toHaveLength(1);
  const saved = await importCsv("/api/cycle-counts", ["locationCode", "W-1", "V-1", "W-1"]);
  expect(saved.body).toMatchObject({ isSaved: true, rows: 3 });
  const [header, ...rows] = await exported("/api/cycle-counts/export?state=open");
  const of = (row: readonly string[], field: string) => row[header?.indexOf(field) ?? -1];
  expect(new Set(rows.map((row) => of(row, "locationCode")))).toEqual(new Set(["V-1", "W-1"]));
  expect(rows).toHaveLength(2);
  // Who counts must not know what the books say, not by way of a file either.
  expect(rows.map((row) => of(row, "expected"))).toEqual(["", ""]);
  const twice = await importCsv("/api/cycle-counts", ["locationCode", "V-1"]);
  expect(told(twice)).toEqual([[2, "locationCode", "count.bin_in_count"]]);
});

test("engineering changes come in as drafts, with the revisions they approve", async () => {
  const lines = ["T-1,B,10,T-2,1,kg", "T-1,C,10,T-2,2,kg"];
  const boms = ["productNumber,revision,position,itemNumber,quantity,uom", ...lines];
  expect((await importCsv("/api/bom-lines", boms)).body.isSaved).toBe(true);
  const head = "number,title,effectiveDay,itemNumber,revision";
  const refused = await importCsv("/api/engineering-changes", [
    head,
    "1,Stronger,2027-01-01,T-1,B",
    "2,Lighter,2027-01-01,T-1,Z",
    "3,Both,2027-01-01,T-1,B",
    "3,Both,2027-01-01,T-1,C",
    "4,When,someday,T-1,B",
  ]);
  expect(told(refused)).toEqual([
    [3, "revision", "bom.unknown"],
    [4, null, "change.item_twice"],
    [6, "effectiveDay", "import.cell_not_valid"],
  ]);
  expect(await exported("/api/engineering-changes/export")).toHaveLength(1);
  const good = [head, "1,Stronger,2027-01-01,T-1,B"];
  expect((await importCsv("/api/engineering-changes", good)).body.isSaved).toBe(true);
  const [header, row] = await exported("/api/engineering-changes/export?state=draft");
  expect(["title", "itemNumber", "revision"].map((f) => row?.[header?.indexOf(f) ?? -1])).toEqual([
    "Stronger",
    "T-1",
    "B",
  ]);
});

test("ten thousand items come in within seconds, and go out page by page", async () => {
  const lines = Array.from({ length: 10_000 }, (_, n) => `M-${n},Part ${n},buy,pc`);
  const file = ["number,name,kind,uom", ...lines];
  const started = performance.now();
  expect((await importCsv("/api/items", file, "?dryRun=true")).body.problemCount).toBe(0);
  const dryMs = performance.now() - started;
  expect((await importCsv("/api/items", file)).body).toMatchObject({ isSaved: true, rows: 10_000 });
  const importMs = performance.now() - started - dryMs;
  expect(await exported("/api/items/export?search=M-")).toHaveLength(10_001);
  console.log(`10,000 items: dry run ${dryMs.toFixed(0)} ms, import ${importMs.toFixed(0)} ms`);
  expect(importMs).toBeLessThan(20_000);
});

test.each([
  { what: "no file", init: { body: new FormData() }, status: 400, code: "import.no_file" },
  {
    what: "JSON",
    init: { body: "{}", headers: { "content-type": "application/json" } },
    status: 415,
    code: "request.not_readable",
  },
  {
    what: "an unknown column",
    init: { body: "number,colour", headers: { "content-type": "text/csv" } },
    status: 400,
    code: "import.column_unknown",
  },
  {
    what: "a broken XLSX",
    init: { body: strToU8("PK\u0003\u0004"), headers: { "content-type": "text/csv" } },
    status: 400,
    code: "import.not_readable",
  },
])("an import of $what is $status", async ({ init, status, code }) => {
  const answer = await ask("/api/items/import", { method: "POST", ...init });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ code });
});

test("an export that nobody reads ends, and gives its place to the next", async () => {
  const open = [await ask("/api/items/export"), await ask("/api/items/export")];
  expect(open.map(({ status }) => status)).toEqual([200, 200]);
  const third = await ask("/api/items/export");
  expect([third.status, third.headers.get("retry-after")]).toEqual([429, "10"]);
  for (const answer of open) await answer.body?.cancel();
  await until("there is a place again", async () => {
    const answer = await ask("/api/items/export");
    await answer.body?.cancel();
    return answer.status === 200;
  });
});
