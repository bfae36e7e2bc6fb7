import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { sql } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";

import { Refusal } from "../errors.ts";
import { openRecordingPlant, type RecordingPlant } from "../events/recording.fixture.ts";
import { defineSaga } from "./define-saga.ts";
import { order } from "./saga-process.fixture.ts";
import { advanceDueSagas } from "./saga-runner.ts";
import { startSaga } from "./start-saga.ts";

let plant: RecordingPlant;
const sagaId = "00000000-0000-4000-8000-00000000000a";

beforeEach(async () => {
  plant = await openRecordingPlant();
});
afterEach(async () => {
  await plant?.[Symbol.asyncDispose]();
});

test("killed before and after the commit of every step, each step is done once", async () => {
  await start(null);
  // The start of a step is the moment after the commit of the one before it.
  for (const name of ["reserve", "pay", "ship"]) {
    for (const moment of ["start", "end"]) await dieAt(`${name}:${moment}`);
  }
  await settle();
  expect(await state()).toMatchObject({ state: "done", step: 3 });
  expect(await effects()).toEqual(["reserve", "pay", "ship"]);
});

test("killed at every step of its compensation, each is taken back once, the last one first", async () => {
  await start("ship");
  for (const point of [
    "ship:start",
    "pay:compensate-start",
    "pay:compensate-end",
    "reserve:compensate-start",
    "reserve:compensate-end",
  ]) {
    await dieAt(point);
  }
  await settle();
  expect(await state()).toMatchObject({
    state: "compensated",
    reason: "Refusal: ship is refused",
  });
  expect(await effects()).toEqual(["reserve", "pay", "pay:compensate", "reserve:compensate"]);
});

test("a step that fails is tried again with pauses, then the saga is stuck with the reason", async () => {
  const broken = defineSaga({
    name: "test.broken",
    input: z.object({}),
    steps: [{ name: "only", do: () => Promise.reject(new Error("no such dock")) }],
  });
  await plant.inTenant((tx) => startSaga(tx, broken, { sagaId, input: {} }));
  for (let attempt = 1; attempt <= 8; attempt += 1) {
    expect(await state()).toMatchObject({ state: "running", attempts: attempt - 1 });
    await advance([broken.registered]);
    // Not before its pause is over.
    await advance([broken.registered]);
    await plant.inTenant((tx) =>
      sql`update platform.saga set next_attempt_time = now()`.execute(tx.over()),
    );
  }
  expect(await state()).toMatchObject({ state: "stuck", reason: "Error: no such dock" });
  const [count] = await plant.platform.db.query(
    sql<{ n: string }>`select platform.stuck_sagas() as n`,
  );
  expect(count?.n).toBe("1");
});

test("refused at its first step there is nothing to take back; a saga starts once", async () => {
  const refused = defineSaga({
    name: "test.refused",
    input: z.object({}),
    steps: [
      { name: "only", do: () => Promise.reject(new Refusal("test.refused", "not this one")) },
    ],
  });
  for (let n = 0; n < 2; n += 1) {
    await plant.inTenant((tx) => startSaga(tx, refused, { sagaId, input: {} }));
  }
  await advance([refused.registered]);
  expect(await state()).toMatchObject({ state: "compensated", reason: "Refusal: not this one" });
});

async function start(refuseAt: string | null): Promise<void> {
  await plant.inTenant((tx) => startSaga(tx, order, { sagaId, input: { refuseAt } }));
}

/** A process of its own goes on with the saga until it reaches the point, and is gone by kill -9. */
async function dieAt(point: string): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "saga-process.fixture.ts")], {
    env: { ...process.env, DIE_AT: point, DATABASE_URL: plant.database.urls.worker },
    stdio: "inherit",
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  expect(signal, point).toBe("SIGKILL");
}

async function settle(): Promise<void> {
  while (await advance([order.registered]));
}

function advance(sagas: Parameters<typeof advanceDueSagas>[0]): Promise<boolean> {
  const deps = { ...plant.platform, db: plant.platform.db };
  return advanceDueSagas(sagas, deps, new AbortController().signal);
}

async function state() {
  return plant.inTenant(async (tx) => {
    const { rows } = await sql<{
      state: string;
      step: number;
      attempts: number;
      reason: string | null;
    }>`select state, step, attempts, reason from platform.saga`.execute(tx.over());
    return rows[0];
  });
}

/** Steps whose effect is there, in the order of their commits. */
async function effects(): Promise<string[]> {
  return plant.inTenant(async (tx) => {
    const { rows } = await sql<{ name: string }>`
      select name from engineering.item order by xmin::text::bigint`.execute(tx.over());
    return rows.map(({ name }) => name.replace(`${sagaId}:`, ""));
  });
}
