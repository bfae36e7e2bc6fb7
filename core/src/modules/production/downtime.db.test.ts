import type {
  DowntimeReason,
  HistoryEvent,
  ImportReport,
  MachineReasonCode,
  Stop,
} from "@millwright/contracts/api";
import { lossCategories, standardDowntimeReasons } from "@millwright/contracts/states";
import { iso8601Schema, workUnitIdSchema } from "@millwright/contracts/units";
import { expect, test } from "vitest";

import { newEvent } from "../../platform/events/new-event.ts";
import { makeLine, saidReason, wentTo } from "../../testing/plant.ts";
import { plantOfFile } from "../../testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();
const start = Date.parse("2026-11-20T06:00:00Z");
const min = 60_000;
const iso = (time: number) => new Date(time).toISOString();
const at = (minute: number) => start + minute * min;
const [breakdown, electrical] = standardDowntimeReasons;

type States = Parameters<typeof wentTo>[1]["state"];

async function machine(name: string): Promise<string> {
  const { machines } = await makeLine(plant, [name]);
  return machines[0]?.workUnitId ?? "";
}

/** What a machine went through, by minute: a state, or a code with a # before it. */
async function live(workUnitId: string, ...what: [number, States | `#${string}`][]) {
  await plant.emit(
    what.map(([minute, told]) =>
      told.startsWith("#")
        ? saidReason(plant.tenantId, { workUnitId, code: told.slice(1), at: at(minute) })
        : wentTo(plant.tenantId, { workUnitId, state: told as States, at: at(minute) }),
    ),
  );
  await plant.settle();
}

const stopsOf = async (workUnitId: string, from = at(0), to = at(240)) =>
  (await listOf(workUnitId, from, to)).rows;

function listOf(workUnitId: string, from: number, to: number) {
  return plant.get<{ rows: Stop[]; isCut: boolean }>(
    `/api/work-units/${workUnitId}/stops?from=${iso(from)}&to=${iso(to)}`,
  );
}

function give(workUnitId: string, body: object, key?: string) {
  return plant.call("POST", `/api/work-units/${workUnitId}/stops/reason`, body, key);
}

const listed = async () =>
  (await plant.get<{ rows: DowntimeReason[] }>("/api/downtime-reasons")).rows;

test("every company has the standard reasons, adds its own and changes any of them", async () => {
  const before = await listed();
  expect(new Set(before.map(({ code }) => code))).toEqual(
    new Set(standardDowntimeReasons.map(({ code }) => code)),
  );
  expect([...new Set(before.map(({ category }) => category))]).toEqual([...lossCategories]);
  const asked = { code: "PALLET", name: "No pallet", category: "material" };
  const made = await plant.post<DowntimeReason>("/api/downtime-reasons", asked);
  expect(made).toMatchObject({ ...asked, isActive: true, isStandard: false, version: 1 });
  const again = await plant.call("POST", "/api/downtime-reasons", asked);
  expect(again).toMatchObject({ status: 409, body: { code: "downtime_reason.code_taken" } });

  const path = `/api/downtime-reasons/${breakdown.reasonId}`;
  const renamed = { ...breakdown, reasonId: undefined, name: "Gearbox", isActive: true };
  expect(await plant.call("PUT", path, renamed, undefined, 0)).toMatchObject({
    status: 200,
    body: { reasonId: breakdown.reasonId, name: "Gearbox", isStandard: false, version: 1 },
  });
  const refusals = [
    [path, 0, renamed, 412, "record.changed_meanwhile"],
    [path, 1, { ...renamed, code: "PALLET" }, 409, "downtime_reason.code_taken"],
    [`/api/downtime-reasons/${crypto.randomUUID()}`, 0, renamed, 404, "downtime_reason.unknown"],
    [path, 1, { ...renamed, category: "weather" }, 400, "request.not_valid"],
  ] as const;
  for (const [url, version, body, status, code] of refusals) {
    const answer = await plant.call("PUT", url, body, undefined, version);
    expect(answer).toMatchObject({ status, body: { code } });
  }
  const { rows } = await plant.get<{ rows: { label: string; objectType: string }[] }>(
    "/api/admin/audit?objectType=downtime_reason",
  );
  expect(rows.map(({ label }) => label)).toEqual(["BREAKDOWN Gearbox", "PALLET No pallet"]);
});

test("reasons and codes of machines travel as files, and an import changes what is known", async () => {
  const workUnitId = await machine("press 7");
  const file = await text("/api/downtime-reasons/export");
  const report = await send(
    "/api/downtime-reasons/import",
    `${file.replace("Cleaning", "Cleaning of the press")}DIE,Die change,setup,true,,\n`,
  );
  expect(report).toMatchObject({ isSaved: true, problemCount: 0 });
  const reasons = await listed();
  expect(reasons.find(({ code }) => code === "CLEANING")).toMatchObject({
    name: "Cleaning of the press",
    isStandard: false,
  });
  // What the file repeats as it is stays a standard reason, in every language.
  expect(reasons.find(({ code }) => code === "JAM")).toMatchObject({
    isStandard: true,
    version: 0,
  });
  expect(reasons.find(({ code }) => code === "DIE")).toMatchObject({ category: "setup" });

  const codes = "code,workUnitName,reasonCode\n17,,JAM\n17,press 7,DIE\n";
  expect(await send("/api/machine-reason-codes/import", codes)).toMatchObject({ isSaved: true });
  const { rows } = await plant.get<{ rows: MachineReasonCode[] }>("/api/machine-reason-codes");
  expect(rows.map((row) => [row.code, row.workUnitId, row.reasonCode])).toEqual([
    ["17", null, "JAM"],
    ["17", workUnitId, "DIE"],
  ]);
  expect(await text("/api/machine-reason-codes/export")).toContain("17,press 7,DIE");
  const bad = "code,workUnitName,reasonCode\n18,,NONE\n18,press 99,JAM\n";
  const refused = await send("/api/machine-reason-codes/import", bad);
  expect(refused.report.problems.map(({ line, code }) => [line, code])).toEqual([
    [2, "downtime_reason.unknown"],
    [3, "work_unit.unknown"],
  ]);
  // As many as a company may have come back as one file.
  const many = Array.from({ length: 1_900 }, (_, row) => `C${row},,JAM\n`).join("");
  const dry = `code,workUnitName,reasonCode\n${many}`;
  expect(await send("/api/machine-reason-codes/import?dryRun=true", dry)).toMatchObject({
    problemCount: 0,
  });
  for (const one of rows) await setCode(one.code, one.workUnitId, null);
  expect((await plant.get<{ rows: unknown[] }>("/api/machine-reason-codes")).rows).toEqual([]);
});

test("a machine's code is kept, and explains its stop once somebody says what it means", async () => {
  const workUnitId = await machine("saw");
  await live(
    workUnitId,
    [0, "producing"],
    [10, "down"],
    [10, "#E-42"],
    [12, "#door"],
    [20, "producing"],
    [20, "#"],
    [30, "down"],
  );
  const [open, ended] = await stopsOf(workUnitId);
  expect(ended).toMatchObject({
    workUnitName: "saw",
    from: iso(at(10)),
    to: iso(at(20)),
    machineCode: "E-42",
    reason: null,
    source: null,
    version: 0,
  });
  expect(open).toMatchObject({ from: iso(at(30)), to: null, machineCode: null, reason: null });
  await setCode("E-42", null, electrical.reasonId);
  expect((await stopsOf(workUnitId))[1]).toMatchObject({
    machineCode: "E-42",
    reason: { code: "ELECTRICAL" },
    source: "machine",
  });
  // A window that cuts the stop tells it whole, with its first word.
  const cut = await stopsOf(workUnitId, at(15), at(16));
  expect(cut).toMatchObject([{ from: iso(at(10)), to: iso(at(20)), machineCode: "E-42" }]);
});

test("lists the latest 500 stops of a window, and says that there were more", async () => {
  const workUnitId = await machine("packer");
  const changes = Array.from({ length: 1_002 }, (_, k): [number, States] => [
    k / 5,
    k % 2 === 0 ? "down" : "producing",
  ]);
  await live(workUnitId, ...changes);

  const { rows, isCut } = await listOf(workUnitId, at(0), at(240));

  expect([rows.length, isCut]).toEqual([500, true]);
  expect(rows.at(-1)).toMatchObject({ from: iso(at(2 / 5)), to: iso(at(3 / 5)) });
  expect(await listOf(workUnitId, at(1 / 2), at(240))).toMatchObject({ isCut: false });
});

test("an operator says why, corrects it, and nobody overwrites what they have not seen", async () => {
  const workUnitId = await machine("mill");
  await setCode("8", workUnitId, electrical.reasonId);
  await live(workUnitId, [0, "producing"], [10, "down"], [10, "#8"]);
  const first = { from: iso(at(10)), reasonId: breakdown.reasonId, note: "belt", version: 0 };
  const once = crypto.randomUUID();
  const given = await give(workUnitId, first, once);
  expect(given).toMatchObject({
    status: 200,
    body: {
      reason: { reasonId: breakdown.reasonId },
      source: "person",
      note: "belt",
      machineCode: "8",
      to: null,
      version: 1,
    },
  });
  expect(await give(workUnitId, first, once)).toEqual(given);
  expect(await give(workUnitId, { ...first, note: "other" })).toMatchObject({
    status: 412,
    body: { code: "record.changed_meanwhile" },
  });
  const corrected = { ...first, reasonId: electrical.reasonId, note: "fuse", version: 1 };
  expect(await give(workUnitId, corrected)).toMatchObject({ status: 200, body: { version: 2 } });
  // It is of this stop, however long it goes on, and of no other.
  await live(workUnitId, [20, "producing"], [20, "#"], [40, "down"], [50, "producing"]);
  const [next, first10] = await stopsOf(workUnitId);
  expect(first10).toMatchObject({ to: iso(at(20)), note: "fuse", source: "person" });
  expect(next).toMatchObject({ from: iso(at(40)), reason: null });
  const { rows } = await plant.get<{ rows: HistoryEvent[] }>(
    `/api/work-units/${workUnitId}/events`,
  );
  const told = rows.filter(({ type }) => type === "downtime.reason_given");
  expect(told.map(({ payload, actor }) => [payload["code"], payload["note"], actor.kind])).toEqual([
    ["ELECTRICAL", "fuse", expect.any(String)],
    [expect.any(String), "belt", expect.any(String)],
  ]);
  expect(told[0]?.payload["before"]).toEqual({ reasonId: breakdown.reasonId, note: "belt" });
});

test("refuses a reason for what was no stop, an unknown one and one that is not used any more", async () => {
  const workUnitId = await machine("lathe");
  await live(workUnitId, [0, "producing"], [10, "down"], [20, "producing"]);
  const old = await plant.post<DowntimeReason>("/api/downtime-reasons", {
    code: "OLD",
    name: "Old",
    category: "operator",
    isActive: false,
  });
  const asked = { from: iso(at(10)), reasonId: electrical.reasonId, version: 0 };
  const cases = [
    [workUnitId, { ...asked, from: iso(at(25)) }, 404, "stop.unknown"],
    [workUnitId, { ...asked, from: iso(at(20)) }, 404, "stop.unknown"],
    [workUnitId, { ...asked, reasonId: crypto.randomUUID() }, 404, "downtime_reason.unknown"],
    [workUnitId, { ...asked, reasonId: old.reasonId }, 409, "downtime_reason.not_active"],
    [crypto.randomUUID(), asked, 404, "work_unit.unknown"],
    [workUnitId, { ...asked, version: 3 }, 412, "record.changed_meanwhile"],
  ] as const;
  for (const [unit, body, status, code] of cases) {
    expect(await give(unit, body)).toMatchObject({ status, body: { code } });
  }
  expect(await stopsOf(workUnitId)).toMatchObject([{ reason: null, version: 0 }]);
  const month = `from=${iso(at(0))}&to=${iso(at(32 * 24 * 60))}`;
  expect(await plant.call("GET", `/api/work-units/${workUnitId}/stops?${month}`)).toMatchObject({
    status: 400,
    body: { code: "request.window_not_valid", detail: expect.stringContaining("31 days") },
  });
});

test("what was said stays with its stop when late readings move or split it", async () => {
  const workUnitId = await machine("weld");
  await live(workUnitId, [0, "producing"], [10, "down"], [40, "no_data"], [60, "producing"]);
  const reasonId = electrical.reasonId;
  expect(await give(workUnitId, { from: iso(at(10)), reasonId, version: 0 })).toMatchObject({
    status: 200,
  });
  const id = workUnitIdSchema.parse(workUnitId);
  const instant = (minute: number) => iso8601Schema.parse(iso(at(minute)));
  const window = {
    from: instant(5),
    to: instant(55),
    points: [
      { state: "producing" as const, sourceTime: instant(5) },
      { state: "down" as const, sourceTime: instant(8) },
      { state: "idle" as const, sourceTime: instant(20) },
      { state: "down" as const, sourceTime: instant(25) },
      { state: "idle" as const, sourceTime: instant(50) },
    ],
  };
  await plant.emit([
    newEvent("machine.state_backfilled@1", {
      tenantId: plant.tenantId,
      stream: `work_unit:${workUnitId}`,
      streamVersion: null,
      actor: { kind: "machine", id: "test" },
      payload: { workUnitId: id, ...window },
    }),
  ]);
  await plant.settle();
  const stops = await stopsOf(workUnitId);
  expect(stops.map(({ from, to, reason }) => [from, to, reason?.code])).toEqual([
    [iso(at(25)), iso(at(50)), "ELECTRICAL"],
    [iso(at(8)), iso(at(20)), "ELECTRICAL"],
  ]);

  // Who corrects one half leaves what was said of the other.
  const later = { from: iso(at(30)), reasonId: breakdown.reasonId, version: 1 };
  expect(await give(workUnitId, later)).toMatchObject({ status: 200 });
  const corrected = await stopsOf(workUnitId);
  expect(corrected.map(({ from, reason, version }) => [from, reason?.code, version])).toEqual([
    [iso(at(25)), "BREAKDOWN", 2],
    [iso(at(8)), "ELECTRICAL", 1],
  ]);
});

async function setCode(code: string, workUnitId: string | null, reasonId: string | null) {
  const answer = await plant.call("PUT", "/api/machine-reason-codes", {
    code,
    workUnitId,
    reasonId,
  });
  expect(answer).toMatchObject({ status: 200 });
}

async function text(path: string): Promise<string> {
  const headers = { authorization: `Bearer ${database.apiKey}` };
  const answer = await plant.app.api.request(path, { headers });
  expect(answer.status).toBe(200);
  return answer.text();
}

async function send(path: string, body: string) {
  const headers = { authorization: `Bearer ${database.apiKey}`, "content-type": "text/csv" };
  const answer = await plant.app.api.request(path, { method: "POST", headers, body });
  return (await answer.json()) as ImportReport & { report: ImportReport };
}
