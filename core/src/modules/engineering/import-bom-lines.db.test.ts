import type { BomTreeRow, ImportLine, ImportReport, StoredItem } from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();
const items = new Map<string, StoredItem>();

beforeAll(async () => {
  for (const [number, kind, uom] of [
    ["CAR", "make", "pc"],
    ["AXLE", "make", "pc"],
    ["WHEEL", "make", "pc"],
    ["BAR", "buy", "m"],
  ] as const) {
    const asked = { number, name: number, kind, uom, operations: [] };
    items.set(number, await plant.post<StoredItem>("/api/items", asked));
  }
});

const header = "productNumber;revision;effectiveFrom;position;itemNumber;quantity;uom;scrapPercent";

async function send(lines: readonly string[], query = "") {
  const answer = await plant.app.api.request(`/api/bom-lines/import${query}`, {
    method: "POST",
    headers: { authorization: `Bearer ${database.apiKey}`, "content-type": "text/csv" },
    body: [header, ...lines].join("\n"),
  });
  const body = (await answer.json()) as ImportReport & { report?: ImportReport };
  return { status: answer.status, report: body.report ?? body };
}

test("a file becomes revisions that hold from their day, and comes out as it went in", async () => {
  const lines = [
    "CAR;A;2026-01-01;10;AXLE;2;pc;0",
    "AXLE;A;2026-01-01;10;WHEEL;2;pc;0",
    "AXLE;A;2026-01-01;20;BAR;800;mm;5",
    "WHEEL;A;;10;BAR;0.5;m;0",
  ];
  const dry = await send(lines, "?dryRun=true");
  expect(dry).toMatchObject({ status: 200, report: { goodRows: 4, isSaved: false } });
  expect(await send(lines)).toMatchObject({ status: 200, report: { isSaved: true } });
  const path = `/api/items/${items.get("CAR")?.itemId}/bom-tree?quantity=10`;
  const { rows } = await plant.get<{ rows: BomTreeRow[] }>(path);
  // The wheel is a draft: its bar is not in the tree yet.
  expect(rows.map(({ itemNumber, quantity }) => `${itemNumber} ${quantity}`)).toEqual([
    "CAR 10",
    "AXLE 20",
    "WHEEL 40",
    "BAR 16.8",
  ]);
  const page = await plant.get<{ rows: { productNumber: string }[]; nextCursor: string }>(
    "/api/bom-lines?limit=3",
  );
  const rest = await plant.get<{ rows: { productNumber: string }[] }>(
    `/api/bom-lines?cursor=${page.nextCursor}`,
  );
  expect([...page.rows, ...rest.rows].map(({ productNumber }) => productNumber)).toEqual([
    "AXLE",
    "AXLE",
    "CAR",
    "WHEEL",
  ]);
});

test("every bad row is told with its line, and nothing is saved", async () => {
  const { status, report } = await send([
    "CAR;B;;10;AXLE;0;pc;0",
    "CAR;C;;10;NOWHERE;1;pc;0",
    "BAR;A;;10;WHEEL;1;pc;0",
    "CAR;D;;10;BAR;1;kg;0",
    "CAR;A;;10;BAR;1;m;0",
  ]);
  expect(status).toBe(422);
  expect(report.problems.map(({ line, code }) => `${line} ${code}`)).toEqual([
    "2 import.cell_not_valid",
    "3 item.unknown",
    "4 item.not_made",
    "5 uom.no_conversion",
    "6 bom.revision_taken",
  ]);
  const { rows } = await plant.get<{ rows: unknown[] }>("/api/bom-lines?product=CAR");
  expect(rows).toHaveLength(1);
});

test("a cycle through the file and what is there is refused by name", async () => {
  const { status, report } = await send(["WHEEL;B;2026-02-01;10;CAR;1;pc;0"]);
  expect(status).toBe(422);
  expect(report.problems).toMatchObject([{ code: "bom.cycle" }]);
  expect(report.problems[0]?.reason).toMatch(/→/);
});

test("a second revision takes its turn after the first", async () => {
  expect(await send(["CAR;B;2026-06-01;10;AXLE;3;pc;0"])).toMatchObject({ status: 200 });
  const path = `/api/items/${items.get("CAR")?.itemId}/boms`;
  const { rows } = await plant.get<{
    rows: { revision: string; from: string; to: string | null }[];
  }>(path);
  expect(rows.find(({ revision }) => revision === "A")).toMatchObject({ to: "2026-06-01" });
});

async function follow(body: string): Promise<ImportLine[]> {
  const answer = await plant.app.api.request("/api/bom-lines/import", {
    method: "POST",
    headers: {
      authorization: `Bearer ${database.apiKey}`,
      "content-type": "text/csv",
      accept: "application/x-ndjson",
    },
    body,
  });
  expect(answer.headers.get("content-type")).toBe("application/x-ndjson");
  const lines = (await answer.text()).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as ImportLine);
}

test("an import that is followed says how far it is, and its last line is the report or the problem", async () => {
  const good = `${header}\nCAR;F;;10;AXLE;1;pc;0\nCAR;F;;20;BAR;1;m;0`;
  const lines = await follow(good);
  expect(lines.slice(0, -1)).toEqual([
    { progress: { phase: "read", done: 2, total: 2 } },
    { progress: { phase: "check", done: 2, total: 2 } },
    { progress: { phase: "store", done: 2, total: 2 } },
    { progress: { phase: "store", done: 2, total: 2 } },
  ]);
  expect(lines.at(-1)).toMatchObject({ report: { isSaved: true, rows: 2 } });
  const again = await follow(good);
  expect(again.at(-1)).toMatchObject({
    problem: { code: "import.rows_refused", status: 422, report: { problemCount: 1 } },
  });
  const empty = await follow("");
  expect(empty.at(-1)).toMatchObject({ problem: { code: "import.empty", status: 400 } });
});
