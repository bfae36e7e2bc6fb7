import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  equipmentSchema,
  itemSchema,
  machineReasonCodeSchema,
  pageOf,
  rowsOf,
  workOrderSummarySchema,
} from "@millwright/contracts/api";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createTestDatabase, type TestDatabase } from "../../test/database.ts";
import { eventually, freePort, PlantProcess } from "../../test/plant.ts";
import { aroundTheClock } from "../machines/shifts.ts";
import { buildPlant, machineOf } from "../machines/plant.ts";
import { randomFrom } from "../machines/random.ts";
import { openPanels } from "../panel.ts";
import { servePlant } from "../servers/serve-plant.ts";
import { orderHashOf } from "../servers/setpoint.ts";
import { connectCoreApi } from "./core-api.ts";
import { operate } from "./operator.ts";
import { registrationFile } from "./registration.ts";
import { setUpPlant } from "./set-up.ts";

/**
 * The operator against the real core, and real machines that nobody has wired to a gateway: what is
 * planned and set at the panels, without counts coming back (the journey shows those).
 */
const stack = new AsyncDisposableStack();
let dir = "";
let database: TestDatabase;
let coreUrl = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "mw-operator-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  database = stack.use(await createTestDatabase());
  const port = await freePort();
  coreUrl = `http://127.0.0.1:${port}`;
  const environment = {
    DATABASE_URL: database.urls.core,
    PORT: String(port),
    DATA_DIR: dir,
    SIGNING_KEYS: "x".repeat(32),
  };
  await stack.use(new PlantProcess("core", ["core/src/main.ts"], environment)).start();
}, 120_000);

afterAll(() => stack.disposeAsync());

test("sets an empty plant up once, however often it starts, and works it", async () => {
  const stopping = new AbortController();
  const api = connectCoreApi(
    { url: coreUrl, apiKey: database.apiKey },
    AbortSignal.any([stopping.signal, AbortSignal.timeout(60_000)]),
  );
  const known = await setUpPlant(api, { dir, speed: 10 });
  expect(known.registration.groupId).toBe(database.groupId);
  expect((await stat(registrationFile(dir))).mode & 0o777).toBe(0o600);

  const again = await setUpPlant(api, { dir, speed: 10 });
  expect(again).toEqual(known);
  const { areas } = await api.get("/api/equipment", equipmentSchema);
  expect(areas.flatMap(({ workCenters }) => workCenters)).toHaveLength(10);
  const codes = await api.get("/api/machine-reason-codes", rowsOf(machineReasonCodeSchema));
  expect(codes.rows.map(({ code, reasonCode }) => `${code} ${reasonCode}`)).toEqual([
    "7 JAM",
    "8 BREAKDOWN",
    "10 BAD_MATERIAL",
    "11 TOOL",
    "13 ELECTRICAL",
  ]);
  const items = await api.get("/api/items", pageOf(itemSchema));
  expect(items.rows.map(({ number }) => number)).toEqual(["BR-100", "BR-120", "BR-200", "BR-220"]);

  const simulated = buildPlant({ seed: 1, calendar: aroundTheClock });
  const pkiDir = join(dir, "pki");
  await using served = await servePlant(simulated, { ports: {}, pkiDir });
  const panels = await openPanels({ ports: served.ports, pkiDir });
  const random = randomFrom(1, "operator");
  const log = pino({ level: "silent" });
  const shop = { api, plant: known, panels, random, speed: 10, log };
  const operating = operate(shop, stopping.signal);
  try {
    const first = await eventually("two released orders", async () => {
      const orders = pageOf(workOrderSummarySchema);
      const { rows } = await api.get("/api/work-orders?state=released", orders);
      return rows.length === 2 ? (rows.at(-1) ?? null) : null;
    });
    await eventually("the saw has the job of the first order", async () => {
      const { job } = machineOf(simulated, "saw").memory;
      return job?.orderHash === orderHashOf(first.number) ? job : null;
    });
    expect(machineOf(simulated, "saw").memory.job?.quantity).toBe(Number(first.quantity));
    expect(machineOf(simulated, "mill1").memory.job).toBeNull();
  } finally {
    stopping.abort();
    await operating;
  }
}, 90_000);
