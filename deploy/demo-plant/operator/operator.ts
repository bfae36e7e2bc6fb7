import { setTimeout as sleep } from "node:timers/promises";

import {
  edgeNodeSchema,
  historyEventSchema,
  type WorkOrder,
  workOrderSchema,
  workOrderSummarySchema,
  pageOf,
} from "@millwright/contracts/api";
import type { WorkOrderState } from "@millwright/contracts/states";
import { toQuantity } from "@millwright/contracts/units";
import type { Logger } from "pino";
import { z } from "zod";

import { devices, gateways } from "../devices.ts";
import type { Random } from "../machines/random.ts";
import { type Panels, writeSetpoint } from "../panel.ts";
import { orderHashOf } from "../servers/setpoint.ts";
import { ApiRefusal, type CoreApi } from "./core-api.ts";
import { dispatch, type WantedJob } from "./dispatch.ts";
import { type OpenOrder, orderToHold, planNext, type PlannerStep } from "./plan.ts";
import { bench } from "./products.ts";
import type { KnownPlant } from "./set-up.ts";

/** A look around the shop every two seconds, at once while there is planning to do; after a failed round, less and less often. */
const roundMs = { busy: 200, usual: 2_000, max: 30_000 } as const;
/** One order is held about every twenty minutes, for one to two minutes. */
const holdChance = roundMs.usual / (20 * 60_000);
const holdMs = 90_000;
const holdReason = "Demo plant: first piece is checked at the measuring machine";
/** A job whose pieces the core does not see within this time is set again with what is missing. */
const patienceMs = 20_000;
/** The gateways need a few seconds after their start, more on a busy machine. */
const gatewayWaitMsMax = 20_000;

type JobAtMachine = { key: string; remaining: number; sinceMs: number };

export type Shop = {
  api: CoreApi;
  plant: KnownPlant;
  panels: Panels;
  random: Random;
  speed: number;
  log: Logger;
};

/**
 * Plays the planner, the operators and the person at the bench until `signal` aborts: through the
 * public API and the machines' panels, never the database. Keeps nothing that a restart would
 * miss: each round looks at what is there and does the next sensible thing.
 */
export async function operate(shop: Shop, signal: AbortSignal): Promise<void> {
  const atMachines = new Map<string, JobAtMachine>();
  const details = new Map<string, WorkOrder>();
  const benchClock = { lastMs: performance.now() };
  let waitMs: number = roundMs.usual;
  while (!signal.aborted) {
    try {
      const open = await listOpenOrders(shop.api);
      const orders = await readDetails(shop.api, open, details);
      await setJobs(shop, orders, atMachines);
      await workAtBench(shop, orders, benchClock);
      const planned = await plan(shop, open);
      await resumeHeld(shop, open);
      waitMs = planned > 0 ? roundMs.busy : roundMs.usual;
    } catch (error) {
      if (signal.aborted) return;
      waitMs = Math.min(2 * Math.max(waitMs, roundMs.usual), roundMs.max);
      shop.log.warn({ err: error, waitMs }, "the operator could not finish the round");
    }
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}

/**
 * Nobody starts a machine whose counter is not wired yet: its first pieces would be missing. But a
 * gateway that stays away does not stop the shop; its machines work on, and its log keeps the counts.
 */
export async function waitForGateways(
  { api, log }: Pick<Shop, "api" | "log">,
  signal: AbortSignal,
): Promise<void> {
  const answer = z.object({ rows: z.array(edgeNodeSchema) });
  const giveUpMs = performance.now() + gatewayWaitMsMax;
  while (!signal.aborted && performance.now() < giveUpMs) {
    const known = await api.get("/api/edge-nodes", answer).catch(() => ({ rows: [] }));
    const online = known.rows
      .filter(({ isOnline }) => isOnline)
      .map(({ edgeNodeId }) => edgeNodeId);
    if (gateways.every((gateway) => online.includes(gateway))) return;
    await sleep(roundMs.busy, undefined, { signal }).catch(() => {});
  }
  if (!signal.aborted) log.warn("not all gateways are online; the operator begins without them");
}

const lookedAt = [
  "draft",
  "firmed",
  "released",
  "in_progress",
  "on_hold",
  "completed",
] as const satisfies WorkOrderState[];

type ListedOrder = OpenOrder & { version: number };

/** Every order that is not closed or cancelled, oldest first within a state. */
async function listOpenOrders(api: CoreApi): Promise<ListedOrder[]> {
  const pages = await Promise.all(
    lookedAt.map((state) =>
      api.get(`/api/work-orders?limit=200&state=${state}`, pageOf(workOrderSummarySchema)),
    ),
  );
  return pages.flatMap(({ rows }) =>
    rows.reverse().map(({ workOrderId, itemNumber, state, version }) => ({
      workOrderId,
      itemNumber,
      state,
      version,
    })),
  );
}

/** Orders on the shop floor with their operations: in progress before released. Read when changed. */
async function readDetails(
  api: CoreApi,
  open: readonly ListedOrder[],
  known: Map<string, WorkOrder>,
): Promise<WorkOrder[]> {
  const onFloor = [
    ...open.filter(({ state }) => state === "in_progress"),
    ...open.filter(({ state }) => state === "released"),
  ];
  const stays = new Set(onFloor.map(({ workOrderId }) => workOrderId));
  for (const workOrderId of known.keys()) if (!stays.has(workOrderId)) known.delete(workOrderId);
  return Promise.all(
    onFloor.map(async ({ workOrderId, version }) => {
      const old = known.get(workOrderId);
      if (old?.version === version) return old;
      const order = await api.get(`/api/work-orders/${workOrderId}`, workOrderSchema);
      known.set(workOrderId, order);
      return order;
    }),
  );
}

async function setJobs(
  shop: Shop,
  orders: readonly WorkOrder[],
  atMachines: Map<string, JobAtMachine>,
): Promise<void> {
  const wanted = dispatch(orders);
  for (const device of devices) {
    const workCenter = shop.plant.workCenters.get(device.workCenter.name);
    if (device.machineId === null || !workCenter) continue;
    const job = wanted.get(workCenter.workCenterId) ?? null;
    const known = atMachines.get(device.id);
    if (!isToSet(job, known)) continue;
    const key = keyOf(job);
    const orderHash = job ? orderHashOf(job.number) : 0;
    try {
      if (job && known?.key === key) {
        // Standing still: what should lie before the machine by the books is made sure of first.
        const fetched = { orderHash, quantity: Math.max(0, job.waiting) };
        await writeSetpoint(shop.panels, device, { command: "fetchPieces", ...fetched });
      }
      const quantity = job?.remaining ?? 0;
      await writeSetpoint(shop.panels, device, { command: "takeJob", orderHash, quantity });
      atMachines.set(device.id, {
        key,
        remaining: job?.remaining ?? 0,
        sinceMs: performance.now(),
      });
      shop.log.info({ device: device.id, order: job?.number, pieces: job?.remaining }, "job set");
    } catch (error) {
      // One machine whose panel is dead does not stop the shop; the next round tries again.
      shop.log.warn({ err: error, device: device.id }, "the panel does not take the job");
    }
  }
}

function keyOf(job: WantedJob | null): string {
  return job ? `${job.workOrderId}/${job.step}` : "";
}

/**
 * Another operation: yes. The same one: only when its count stands still for long although pieces
 * are missing — the machine made them all, but the core counted some elsewhere (or the machine is
 * down, and then setting the same job again does no harm).
 */
function isToSet(job: WantedJob | null, known: JobAtMachine | undefined): boolean {
  if (known?.key !== keyOf(job)) return true;
  if (!job) return false;
  if (job.remaining !== known.remaining) {
    known.remaining = job.remaining;
    known.sinceMs = performance.now();
    return false;
  }
  return performance.now() - known.sinceMs > patienceMs;
}

/** A person at the bench finishes pieces at a person's pace and reports them by hand. */
async function workAtBench(
  shop: Shop,
  orders: readonly WorkOrder[],
  clock: { lastMs: number },
): Promise<void> {
  const workCenter = shop.plant.workCenters.get(bench.name);
  const job = workCenter && dispatch(orders).get(workCenter.workCenterId);
  const now = performance.now();
  if (!job || job.waiting < 1) {
    clock.lastMs = now;
    return;
  }
  const done = Math.floor(((now - clock.lastMs) * shop.speed) / bench.cycleMs);
  if (done < 1) return;
  clock.lastMs = now;
  const good = Math.min(done, job.waiting, job.remaining);
  await tolerateRefusal(
    shop,
    shop.api.post(
      `/api/work-orders/${job.workOrderId}/operations/${job.step}/progress`,
      { good: toQuantity(good), scrap: toQuantity(0) },
      workOrderSchema,
    ),
  );
}

/** How many steps were taken: 0 when all is planned. */
async function plan(shop: Shop, open: readonly OpenOrder[]): Promise<number> {
  const steps = planNext(open, shop.random);
  const held = orderToHold(open, { random: shop.random, chance: holdChance });
  if (held !== null) steps.push({ kind: "command", command: "hold", workOrderId: held });
  for (const step of steps) await tolerateRefusal(shop, perform(shop, step));
  return steps.length;
}

async function perform(shop: Shop, step: PlannerStep): Promise<WorkOrder> {
  if (step.kind === "command") {
    const reason = step.command === "hold" ? holdReason : "";
    const path = `/api/work-orders/${step.workOrderId}/${step.command}`;
    return shop.api.post(path, { reason }, workOrderSchema);
  }
  const itemId = shop.plant.items.get(step.itemNumber);
  const quantity = toQuantity(step.quantity);
  const dueDate = new Date(Date.now() + step.dueInMs).toISOString();
  return shop.api.post("/api/work-orders", { itemId, quantity, dueDate }, workOrderSchema);
}

/** Gives back what we held ourselves, and only that: a person's hold is a person's business. */
async function resumeHeld(shop: Shop, open: readonly OpenOrder[]): Promise<void> {
  for (const { workOrderId } of open.filter(({ state }) => state === "on_hold")) {
    const path = `/api/work-orders/${workOrderId}/events?limit=20`;
    const { rows } = await shop.api.get(path, pageOf(historyEventSchema));
    const held = rows.find(({ type }) => type === "work_order.held");
    if (held?.payload["reason"] !== holdReason) continue;
    if (Date.now() - Date.parse(held.recordedTime) < holdMs) continue;
    const resume = `/api/work-orders/${workOrderId}/resume`;
    await tolerateRefusal(shop, shop.api.post(resume, { reason: "" }, workOrderSchema));
  }
}

/** Somebody at a screen was faster: the next round sees what is true now. */
async function tolerateRefusal(shop: Shop, asked: Promise<unknown>): Promise<void> {
  try {
    await asked;
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    shop.log.info({ code: error.code, detail: error.message }, "refused");
  }
}
