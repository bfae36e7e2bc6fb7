import type { Item } from "@millwright/contracts/api";
import { beforeAll, expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";

const { plant } = await plantOfFile();
let workCenterId: string;

beforeAll(async () => {
  const body = { areaName: "Cutting", name: "Saw" };
  ({ workCenterId } = await plant.post<{ workCenterId: string }>("/api/work-centers", body));
});

test("an item keeps its routing by step, and is found by number or name", async () => {
  const item = await plant.post<Item>("/api/items", bracket("BR-100", [20, 10]));
  expect(item.operations.map(({ step }) => step)).toEqual([10, 20]);
  await plant.post("/api/items", { ...bracket("ZZ-900", []), name: "Granulate", kind: "buy" });
  const found = await plant.get<{ rows: Item[] }>("/api/items?search=brack");
  expect(found.rows).toEqual([item]);
  const first = await plant.get<{ rows: Item[]; nextCursor: string }>("/api/items?limit=1");
  const second = await plant.get<{ rows: Item[] }>(`/api/items?limit=1&cursor=${first.nextCursor}`);
  expect([...first.rows, ...second.rows].map(({ number }) => number)).toEqual(["BR-100", "ZZ-900"]);
});

test.each([
  { why: "a number in use", number: "BR-100", steps: [10], code: "item.number_taken", status: 409 },
  {
    why: "a step twice",
    number: "BR-101",
    steps: [10, 10],
    code: "item.steps_not_unique",
    status: 400,
  },
])("refuses $why", async ({ number, steps, code, status }) => {
  const answer = await plant.call("POST", "/api/items", bracket(number, steps));
  expect(answer).toMatchObject({ status, body: { code } });
});

test("refuses a step on a work center that is not there, and then saves nothing", async () => {
  const asked = bracket("BR-102", [10]);
  const lost = asked.operations.map((step) => ({ ...step, workCenterId: crypto.randomUUID() }));
  const answer = await plant.call("POST", "/api/items", { ...asked, operations: lost });
  expect(answer).toMatchObject({ status: 400, body: { code: "work_center.unknown" } });
  expect(await plant.get("/api/items?search=BR-102")).toMatchObject({ rows: [] });
});

function bracket(number: string, steps: readonly number[]) {
  const operations = steps.map((step) => ({
    step,
    name: `Step ${step}`,
    workCenterId,
    runMsPerUnit: 30_000,
    setupMs: 0,
  }));
  return { number, name: "Bracket", kind: "make", uom: "pc", operations };
}
