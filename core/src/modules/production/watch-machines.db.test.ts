import type { NotificationList, StoredSetting } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import { makeLine, wentTo } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { equipment } from "../equipment/index.ts";
import { watchTenant } from "./watch-machines.ts";

const { plant } = await plantOfFile();

test("a machine that is down longer than the setting is one alert per downtime", async () => {
  const { machines } = await makeLine(plant, ["Saw", "Press"]);
  const [saw, press] = machines.map(({ workUnitId }) => workUnitId);
  const from = plant.now();
  await go(saw, "producing", from - 3600_000);
  await go(saw, "down", from);
  await go(press, "idle", from);
  await look(14);
  expect(await alerts()).toEqual([]);
  await look(15);
  await look(16);
  expect(await alerts()).toMatchObject([
    { kind: "machine_down", details: { machine: "Saw", since: new Date(from).toISOString() } },
  ]);

  // It repeats that it is down: the same downtime. It runs and goes down again: another one.
  await go(saw, "down", from + minutes(20));
  await look(40);
  expect(await alerts()).toHaveLength(1);
  await go(saw, "producing", from + minutes(41));
  await look(60);
  await go(saw, "down", from + minutes(61));
  await look(62);
  expect(await alerts()).toHaveLength(1);
  await look(77);
  expect(await alerts()).toHaveLength(2);
});

test("0 minutes is no alert", async () => {
  const name = "/api/admin/settings/alert.machine_down_minutes";
  const settings = await plant.get<{ rows: StoredSetting[] }>("/api/admin/settings");
  const stored = settings.rows.find((row) => row.name === "alert.machine_down_minutes");
  expect(stored?.value).toBe(15);
  const saved = await plant.call("PUT", name, { value: 0 }, undefined, stored?.version ?? 0);
  expect(saved.status).toBe(200);
  await until("the setting", async () => {
    const values = await plant.worker.settings.of(plant.tenantId);
    return values["alert.machine_down_minutes"] === 0;
  });
  const { machines } = await makeLine(plant, ["Lathe"]);
  const before = (await alerts()).length;
  await go(machines[0]?.workUnitId, "down", plant.now());
  await look(1000);
  expect(await alerts()).toHaveLength(before);
});

const start = new Date("2026-11-20T10:00:00Z").getTime();

function minutes(n: number): number {
  return n * 60_000;
}

async function go(
  workUnitId: string | undefined,
  state: "producing" | "idle" | "down",
  at: number,
) {
  await plant.emit([wentTo(plant.tenantId, { workUnitId: workUnitId ?? "", state, at })]);
  await plant.settle();
}

/** Looks so many minutes after the start. */
async function look(after: number): Promise<void> {
  plant.setClock(new Date(start + minutes(after)).toISOString());
  await watchTenant({ platform: plant.worker, equipment }, plant.tenantId);
}

async function alerts() {
  return (await plant.get<NotificationList>("/api/notifications")).rows;
}
