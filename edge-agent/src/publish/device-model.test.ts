import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DataType } from "@millwright/contracts/sparkplug";
import { afterEach, beforeEach, expect, test } from "vitest";

import { AliasTable } from "./alias-table.ts";
import { DeviceModel } from "./device-model.ts";

const minuteMs = 60_000;
const now = Date.UTC(2026, 0, 1);
const name = "count.good";

let folder: string;
let model: DeviceModel;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mw-model-"));
  model = new DeviceModel("saw", [{ name, deadband: 0 }], new AliasTable(folder));
  model.declare([{ name, datatype: DataType.UInt32 }]);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The time one reading is recorded at, with our clock at `clock`. */
function recordedTime(value: number, { source, clock }: { source: number; clock: number }) {
  const changes = model.changesOf([{ name, value, isGood: true, sourceTime: source }], clock);
  model.apply(changes);
  return changes[0]?.timestamp;
}

test("one source time in 2100 is recorded at our clock and does not poison what follows", () => {
  expect(recordedTime(1, { source: Date.UTC(2100, 0, 1), clock: now })).toBe(now);
  const next = now + minuteMs;
  expect(recordedTime(2, { source: next, clock: next })).toBe(next);
});

test("a source's clock may be a little ahead of ours", () => {
  const source = now + 5 * minuteMs;
  expect(recordedTime(1, { source, clock: now })).toBe(source);
  expect(recordedTime(2, { source: source + 1, clock: now })).toBe(now + 5 * minuteMs + 1);
});

test("times of a metric increase strictly, whatever the source says", () => {
  expect(recordedTime(1, { source: now, clock: now })).toBe(now);
  expect(recordedTime(2, { source: now - minuteMs, clock: now })).toBe(now + 1);
});

test("a heartbeat follows each answer, also after our clock was set back an hour", () => {
  model.isOnline = true;
  model.answered(now);
  expect(model.heartbeat()?.value).toBe(BigInt(now));
  expect(model.heartbeat()).toBeNull();
  model.answered(now - 60 * minuteMs);
  expect(model.heartbeat()?.value).toBe(BigInt(now - 60 * minuteMs));
});
