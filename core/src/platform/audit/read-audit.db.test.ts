import type { Actor } from "@millwright/contracts/events";
import { expect, test } from "vitest";

import { openRecordingPlant } from "../events/recording.fixture.ts";
import { type AuditFilter, readAudit } from "./read-audit.ts";
import { recordChange } from "./record-change.ts";

const mei: Actor = {
  kind: "person",
  id: "u-1",
  name: "Mei Lin",
  device: { address: "10.0.0.7", userAgent: "Firefox" },
};
const omar: Actor = { kind: "person", id: "u-2", name: "Omar" };

test("who changed what, before and after, from which device; by each filter and page by page", async () => {
  await using plant = await openRecordingPlant();
  const change = (objectType: string, objectId: string, name: string, by: Actor) =>
    plant.inTenant(async (tx) => {
      const before = { name: "old", apiToken: "t-1" };
      const after = { name, apiToken: "t-2" };
      recordChange(tx, { objectType, objectId, label: name, before, after, by });
      await Promise.resolve();
    });
  await change("item", "i-1", "Shaft", mei);
  await change("item", "i-2", "Axle", omar);
  await change("user", "u-9", "Nia", mei);
  // The machine's own talk is left out unless it is asked for.
  await plant.inTenant(async (tx) => {
    recordChange(tx, {
      objectType: "machine",
      objectId: "m-1",
      before: null,
      after: { state: "up" },
      by: { kind: "machine", id: "m-1" },
    });
    await Promise.resolve();
  });

  const ids = async (filter: AuditFilter) => (await page(filter)).map(({ objectId }) => objectId);
  const page = (filter: AuditFilter, before: string | null = null, limit = 10) =>
    plant.inTenant((tx) => readAudit(tx, { ...filter, before, limit }));

  const [newest, ...older] = await page({});
  expect(newest).toMatchObject({ objectType: "user", objectId: "u-9", label: "Nia", actor: mei });
  expect(newest?.changes).toEqual([
    { field: "apiToken", before: "•••", after: "•••" },
    { field: "name", before: "old", after: "Nia" },
  ]);
  expect(older.map(({ objectId }) => objectId)).toEqual(["i-2", "i-1"]);
  expect(await ids({ actor: "u-2" })).toEqual(["i-2"]);
  expect(await ids({ actor: "mei" })).toEqual(["u-9", "i-1"]);
  expect(await ids({ objectType: "item" })).toEqual(["i-2", "i-1"]);
  expect(await ids({ objectType: "item", objectId: "i-1" })).toEqual(["i-1"]);
  expect(await ids({ type: "record.changed", kind: "machine" })).toEqual(["m-1"]);
  expect(await ids({ type: "item.renamed" })).toEqual([]);
  expect(await ids({ from: "2020-01-01T00:00:00Z", to: "2020-01-02T00:00:00Z" })).toEqual([]);
  expect(await ids({ from: newest?.time })).toContain("u-9");
  const second = await page({}, newest?.position ?? null, 1);
  expect(second.map(({ objectId }) => objectId)).toEqual(["i-2"]);
});
