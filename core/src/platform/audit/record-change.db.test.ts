import { tenantIdSchema } from "@millwright/contracts/units";
import { afterEach, beforeEach, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../../../deploy/test/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { payloadOf, readStream } from "../events/log.ts";
import { openPlatform } from "../open-platform.ts";
import type { Platform } from "../platform.ts";
import { recordChange } from "./record-change.ts";

let database: TestDatabase;
let platform: Platform & AsyncDisposable;

beforeEach(async () => {
  database = await createTestDatabase();
  platform = await openPlatform({
    process: "test",
    databaseUrl: database.urls.core,
    logLevel: "silent",
  });
});
afterEach(async () => {
  await platform?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const by = {
  kind: "person",
  id: "11111111-1111-4111-8111-111111111111",
  name: "Mei",
  sessionId: "s-1",
  device: { address: "10.0.0.7", userAgent: "Firefox" },
} as const;

test("an edit is written with before, after and device, in the transaction of the edit", async () => {
  await inTenant(async (tx) => {
    const item = { objectType: "item", objectId: "i-1", label: "A-100" };
    recordChange(tx, { ...item, before: { name: "Shaft" }, after: { name: "Axle" }, by });
    await Promise.resolve();
  });
  const [event, ...others] = await inTenant((tx) => readStream(tx, "item:i-1"));
  expect(others).toEqual([]);
  expect(event?.actor).toEqual(by);
  expect(event && payloadOf("record.changed@1", event)).toEqual({
    objectType: "item",
    objectId: "i-1",
    label: "A-100",
    changes: [{ field: "name", before: "Shaft", after: "Axle" }],
  });
});

test("an edit that changes nothing or rolls back leaves no trace", async () => {
  await inTenant(async (tx) => {
    const same = {
      objectType: "item",
      objectId: "i-1",
      before: { name: "A" },
      after: { name: "A" },
    };
    recordChange(tx, { ...same, by });
    await Promise.resolve();
  });
  const edit = inTenant(async (tx) => {
    const change = { objectType: "item", objectId: "i-1", before: null, after: { name: "A" } };
    recordChange(tx, { ...change, by });
    await Promise.resolve();
    throw new Error("refused later");
  });
  await expect(edit).rejects.toThrow("refused later");
  expect(await inTenant((tx) => readStream(tx, "item:i-1"))).toEqual([]);
});

function inTenant<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
  return platform.db.inTenant(tenantIdSchema.parse(database.tenantId), work);
}
