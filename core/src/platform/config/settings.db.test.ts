import type {
  FeatureFlag,
  MySettings,
  Plant,
  ProcessConfig,
  StoredSetting,
} from "@millwright/contracts/api";
import { sql } from "kysely";
import { beforeEach, expect, test } from "vitest";

import { until } from "../../../../deploy/test/until.ts";
import { makeLine, wentTo } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";
import { coreConfigSchema } from "./config.ts";
import { publishConfig } from "./process-config.ts";
import { settingNames } from "./setting-registry.ts";

const { database, plant } = await plantOfFile();

beforeEach(() =>
  plant.core.db.inTenant(plant.tenantId, async (tx) => {
    await sql`delete from platform.tenant_setting`.execute(tx.over());
    await sql`delete from platform.feature_flag`.execute(tx.over());
  }),
);

test("every declared setting is listed with its default and what may be chosen", async () => {
  const { rows } = await plant.get<{ rows: StoredSetting[] }>("/api/admin/settings");
  expect(rows.map(({ name }) => name)).toEqual(settingNames);
  expect(rows.find(({ name }) => name === "oee.no_data_range_percent")).toMatchObject({
    value: 5,
    fallback: 5,
    version: 0,
    changedBy: null,
    schema: { type: "number", minimum: 0, maximum: 100 },
  });
});

test("a change counts here at once and in another process within a second, and is in the audit trail", async () => {
  const { settings } = plant.worker;
  expect((await settings.of(plant.tenantId)).locale).toBe("browser");
  const saved = await put("settings/locale", { value: "zh-CN" }, 0);
  expect(saved).toMatchObject({ status: 200, body: { value: "zh-CN", version: 1 } });
  expect((await plant.get<MySettings>("/api/settings")).settings["locale"]).toBe("zh-CN");
  await until(
    "the worker knows",
    async () => {
      return (await settings.of(plant.tenantId)).locale === "zh-CN";
    },
    3_000,
  );
  expect(await auditOf("tenant_setting:locale")).toEqual([
    { field: "value", before: "browser", after: "zh-CN" },
  ]);
});

test("a row edited by hand is live too", async () => {
  const { settings } = plant.worker;
  await settings.of(plant.tenantId);
  await plant.core.db.inTenant(plant.tenantId, (tx) =>
    sql`
      insert into platform.tenant_setting (tenant_id, name, value, changed_by)
      values (${tx.tenantId}, 'work_order.late_grace_minutes', '30', 'by hand')`.execute(tx.over()),
  );
  await until(
    "it counts",
    async () => {
      const values = await settings.of(plant.tenantId);
      return values["work_order.late_grace_minutes"] === 30;
    },
    3_000,
  );
});

test.each([
  ["a stale version", "settings/locale", { value: "en" }, 7, "412 record.changed_meanwhile"],
  ["no version", "settings/locale", { value: "en" }, undefined, "400 request.not_valid"],
  ["a foreign value", "settings/locale", { value: "xx" }, 0, "400 setting.not_valid"],
  [
    "a value out of range",
    "settings/oee.no_data_range_percent",
    { value: 101 },
    0,
    "400 setting.not_valid",
  ],
  ["an unknown setting", "settings/nothing", { value: 1 }, 0, "404 setting.unknown"],
  ["an unknown flag", "flags/nothing", rule({}), 0, "404 flag.unknown"],
  ["half a flag", "flags/plant.late_orders", { isOn: true }, 0, "400 request.not_valid"],
  [
    "a percentage of 101",
    "flags/plant.late_orders",
    rule({ percentage: 101 }),
    0,
    "400 request.not_valid",
  ],
] as const)("%s is refused", async (_, path, body, version, refusal) => {
  const { status, body: problem } = await put(path, body, version);
  expect(`${status} ${(problem as { code: string }).code}`).toBe(refusal);
});

test("of two changes at once of the same version one is refused", async () => {
  const answers = await Promise.all(
    [10, 20].map((value) => put("settings/oee.no_data_range_percent", { value }, 0)),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
});

test("a stored value that is no longer allowed counts as its default", async () => {
  await plant.core.db.inTenant(plant.tenantId, (tx) =>
    sql`
      insert into platform.tenant_setting (tenant_id, name, value, changed_by)
      values (${tx.tenantId}, 'oee.no_data_range_percent', '"many"', 'an older release')`.execute(
      tx.over(),
    ),
  );
  plant.core.settings.outdate(plant.tenantId);
  expect((await plant.core.settings.of(plant.tenantId))["oee.no_data_range_percent"]).toBe(5);
});

test("oee.no_data_range_percent decides when OEE is a range", async () => {
  const { machines } = await makeLine(plant, ["saw"]);
  const workUnitId = machines[0]?.workUnitId ?? "";
  // Most of the day is without data; it ran for the last minute.
  await plant.emit([
    wentTo(plant.tenantId, { workUnitId, state: "producing", at: plant.now() - 60_000 }),
  ]);
  await plant.settle();
  const isRange = async () => {
    const { tiles } = await plant.get<Plant>("/api/plant");
    const availability = tiles.find((tile) => tile.workUnitId === workUnitId)?.oee?.availability;
    return availability !== undefined && availability?.low !== availability?.high;
  };
  expect(await isRange()).toBe(true);
  await put("settings/oee.no_data_range_percent", { value: 100 }, 0);
  expect(await isRange()).toBe(false);
});

test("a flag turned on for a role is on for its people, in every process, and nobody else", async () => {
  const { flags } = plant.worker;
  const isOn = (roles: string[]) =>
    flags.isOn(plant.tenantId, "plant.late_orders", { key: "somebody", roles });
  expect(await isOn(["planner"])).toBe(false);
  const { body } = await put("flags/plant.late_orders", rule({ roles: ["planner"] }), 0);
  expect(body as FeatureFlag).toMatchObject({ isOn: true, roles: ["planner"], version: 1 });
  await until("the worker knows", () => isOn(["planner"]), 3_000);
  expect(await isOn(["viewer"])).toBe(false);
  expect((await auditOf("feature_flag:plant.late_orders")).map(({ field }) => field)).toEqual([
    "isOn",
    "roles",
  ]);
});

test("flags come with the settings of who asks; another tenant's are its own", async () => {
  await put("flags/plant.late_orders", rule({ percentage: 100 }), 0);
  expect((await plant.get<MySettings>("/api/settings")).flags).toEqual(["plant.late_orders"]);
  const stranger = crypto.randomUUID() as typeof plant.tenantId;
  expect(await plant.core.flags.onFor(stranger, { key: "x" })).toEqual([]);
});

test("a flag that is on for a site is on for who works there", async () => {
  const { siteId } = database;
  await put("flags/plant.late_orders", rule({ siteIds: [siteId] }), 0);
  const elsewhere = await plant.get<MySettings>("/api/settings");
  expect(elsewhere.flags).toEqual([]);
  const there = await plant.get<MySettings>(`/api/settings?siteId=${siteId}`);
  expect(there.flags).toEqual(["plant.late_orders"]);
});

test("each process tells its settings with their source, and no secret", async () => {
  const environment = {
    DATABASE_URL: "postgresql://mw_core:hunter2@localhost/millwright?password=hunter3",
    SIGNING_KEYS: "hunter4 hunter4 hunter4 hunter4 hunter4",
    LOG_LEVEL: "",
    PORT: "9090",
  };
  const told = { process: "core", declared: coreConfigSchema, environment };
  const publishing = await publishConfig(plant.core, told);
  const { processes } = await plant.get<{ processes: ProcessConfig[] }>("/api/admin/config");
  expect(JSON.stringify(processes)).not.toContain("hunter");
  const settings = processes.find(({ process }) => process === "core")?.settings ?? [];
  const of = (name: string) => settings.find((setting) => setting.name === name);
  expect(of("DATABASE_URL")).toMatchObject({
    value: "postgresql://mw_core:•••@localhost/millwright?password=•••",
    source: "environment",
  });
  expect(of("SIGNING_KEYS")).toMatchObject({ value: "•••", source: "environment" });
  expect(of("LOG_LEVEL")).toMatchObject({ value: "info", source: "default" });
  expect(of("PORT")).toMatchObject({ value: "9090", source: "environment" });
  expect(of("PUBLIC_URL")).toMatchObject({ value: null, source: "unset" });
  expect(settings.filter(({ description }) => description === "")).toEqual([]);
  await publishing[Symbol.asyncDispose]();
  const after = await plant.get<{ processes: ProcessConfig[] }>("/api/admin/config");
  expect(after.processes).toEqual([]);
});

function put(path: string, body: unknown, version: number | undefined) {
  return plant.call("PUT", `/api/admin/${path}`, body, undefined, version);
}

function rule(change: Partial<FeatureFlag>) {
  return { isOn: true, percentage: 0, roles: [], siteIds: [], ...change };
}

async function auditOf(stream: string) {
  return plant.core.db.inTenant(plant.tenantId, async (tx) => {
    const { rows } = await sql<{ payload: { changes: { field: string }[] } }>`
      select payload from platform.event
       where tenant_id = ${tx.tenantId} and stream = ${stream}
       order by position desc limit 1`.execute(tx.over());
    return rows[0]?.payload.changes ?? [];
  });
}
