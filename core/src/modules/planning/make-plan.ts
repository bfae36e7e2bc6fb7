import type { Plan } from "@millwright/contracts/api";
import type { NetChangeFallback } from "@millwright/contracts/states";
import { assertNever, type TenantId } from "@millwright/contracts/units";
import { z } from "zod";

import type { Transaction } from "../../platform/db/transaction.ts";
import { defineJob, type JobAttempt } from "../../platform/jobs/define-job.ts";
import type { Platform } from "../../platform/platform.ts";
import { runInThread, type ThreadProgress } from "../../platform/threads/run-in-thread.ts";
import { readFingerprints } from "./mrp/fingerprints.ts";
import { type NetChange, planNetChange } from "./mrp/net-change.ts";
import type { MrpResult } from "./mrp/plan-rows.ts";
import { readMrpTask } from "./mrp/read-records.ts";
import { readScheduleTask } from "./schedule/read-task.ts";
import type { ScheduleResult } from "./schedule/schedule-thread.ts";
import { insertBasis } from "./store/basis.ts";
import { insertRows } from "./store/mrp-results.ts";
import { storeNetChange } from "./store/net-change.ts";
import { lockOrdersMeant, readOrdersMeant } from "./store/orders-meant.ts";
import {
  failPlan,
  fallBack,
  finishPlan,
  saveProgress,
  type StartedPlan,
  startPlan,
} from "./store/plans.ts";
import { insertScheduleResult } from "./store/schedule-results.ts";

export type PlanMaking = {
  platform: Pick<Platform, "db" | "clock" | "log">;
  /** IANA name of the site's time zone: days of a plan are days there. */
  timeZone: (tx: Transaction) => Promise<string>;
};

type Made = Pick<Plan, "findings" | "findingCount" | "summary">;
type Running = {
  tenantId: TenantId;
  signal: AbortSignal;
  onProgress: (progress: ThreadProgress) => void;
};

/** Makes a requested plan: reads, runs the engine in a thread, stores what it made in one transaction. */
export function makePlanJob(deps: PlanMaking) {
  return defineJob({
    name: "planning.make-plan",
    payload: z.object({ planId: z.uuid() }),
    // A second try would find the same input; a person asks again.
    attempts: 1,
    timeoutMs: 15 * 60_000,
    handle: ({ tenantId, payload, ...attempt }) =>
      makePlan(deps, tenantId, payload.planId, attempt),
  });
}

async function makePlan(
  deps: PlanMaking,
  tenantId: TenantId,
  planId: string,
  attempt: Pick<JobAttempt, "signal" | "progress">,
): Promise<void> {
  const { db, clock } = deps.platform;
  const started = await db.inTenant(tenantId, (tx) => startPlan(tx, planId));
  if (started === null) return;
  const cancelled = new AbortController();
  const signal = AbortSignal.any([attempt.signal, cancelled.signal]);
  let newest: ThreadProgress = { done: 0, total: 1, note: "reading" };
  const watching = watch({ deps, tenantId, planId, progress: () => newest, cancelled, signal });
  try {
    const onProgress = (progress: ThreadProgress) => {
      newest = progress;
      attempt.progress(progress.done, progress.total, progress.note);
    };
    const running = { tenantId, signal, onProgress };
    const isStored = await updateBase(deps, started, { ...running, planId });
    if (!isStored) await planAnew(deps, started, { ...running, planId });
  } catch (error) {
    if (error === cancelled.signal.reason || error instanceof PlanCancelled) return;
    const reason = error instanceof Error ? error.message : String(error);
    await db.inTenant(tenantId, (tx) => failPlan(tx, planId, reason, clock.now()));
    throw error;
  } finally {
    cancelled.abort(new Error("the plan has ended"));
    await watching;
  }
}

/** Somebody cancelled the plan while it was made: no failure of anybody. */
class PlanCancelled extends Error {
  constructor() {
    super("the plan was cancelled");
    this.name = "PlanCancelled";
  }
}

type Computed = { made: Made; insert: (tx: Transaction, planId: string) => Promise<void> };

async function store(
  { platform: { db, clock } }: PlanMaking,
  planId: string,
  { made, insert }: Computed,
  { tenantId, onProgress }: Running,
): Promise<void> {
  onProgress({ done: 1, total: 1, note: "storing" });
  await db.inTenant(tenantId, async (tx) => {
    await insert(tx, planId);
    // Last, so that a person who cancels never waits for the rows; then they are rolled back.
    if (!(await finishPlan(tx, planId, made, clock.now()))) throw new PlanCancelled();
  });
}

/**
 * A net change: brings another plan up to date, or makes this one a run that plans everything anew and
 * says why. False: that is still to be done, as is everything that was asked for as such.
 */
async function updateBase(
  deps: PlanMaking,
  plan: StartedPlan,
  running: Running & { planId: string },
): Promise<boolean> {
  if (plan.basePlanId === null) return false;
  const { db, clock } = deps.platform;
  const { tenantId, planId: runId } = running;
  const given = { ...running, planId: plan.basePlanId };
  let fallback: NetChangeFallback = "moved_on";
  // Each time that another one was first, that one got through.
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const found = await db.inSnapshot(tenantId, async (tx) => {
      const frame = { startDay: plan.startDay, timeZone: await deps.timeZone(tx) };
      return planNetChange(tx, { ...given, frame });
    });
    if (found === null) throw new PlanCancelled();
    if ("fallback" in found) {
      ({ fallback } = found);
      break;
    }
    const insert = async (tx: Transaction) => {
      if (!(await storeNetChange(tx, found, clock.now()))) throw new MovedOn();
    };
    if (await isStoredUnlessMoved(deps, runId, { made: madeOf(found), insert }, running))
      return true;
  }
  await db.inTenant(tenantId, async (tx) => {
    if (!(await fallBack(tx, runId, fallback))) throw new PlanCancelled();
  });
  return false;
}

const attemptsMax = 5;

/** Somebody else changed a plan since it was read. */
class MovedOn extends Error {
  constructor() {
    super("the plan was changed meanwhile");
    this.name = "MovedOn";
  }
}

/** False: nothing is stored, as somebody changed a plan since it was read. */
async function isStoredUnlessMoved(
  deps: PlanMaking,
  planId: string,
  computed: Computed,
  running: Running,
): Promise<boolean> {
  try {
    await store(deps, planId, computed, running);
    return true;
  } catch (error) {
    if (error instanceof MovedOn) return false;
    throw error;
  }
}

/**
 * Plans everything; again, a bounded number of times, when an order of the current plan was firmed
 * meanwhile: it would be proposed once more, beside what it was firmed into. Fails after that, as to hold
 * people up for as long as a run takes would be worse.
 */
async function planAnew(
  deps: PlanMaking,
  plan: StartedPlan,
  running: Running & { planId: string },
): Promise<void> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const computed = await compute(deps, plan, running);
    if (await isStoredUnlessMoved(deps, running.planId, computed, running)) return;
  }
  throw new Error(
    `Planned ${attemptsMax} times, and each time orders of the current plan were firmed, or it was ` +
      "brought up to date, meanwhile: what was firmed would have been ordered again. Nothing was " +
      "stored. Run MRP when nobody firms orders for as long as a run takes, or update the current plan.",
  );
}

function madeOf({ changed, replanned, changedOrders }: NetChange): Made {
  const summary = {
    changedItems: changed.length,
    replannedItems: replanned.length,
    changedOrders,
  };
  return { summary, findings: [], findingCount: 0 };
}

async function compute(
  { platform: { db }, timeZone }: PlanMaking,
  plan: StartedPlan,
  { tenantId, ...running }: Running,
): Promise<Computed> {
  switch (plan.kind) {
    case "mrp": {
      const { task, meant, ...basis } = await db.inSnapshot(tenantId, async (tx) => {
        const frame = { startDay: plan.startDay, timeZone: await timeZone(tx) };
        const fingerprints = await readFingerprints(tx, frame);
        // Nobody acts on the orders of a what-if, so none of them can come on top.
        const meant = plan.isWhatIf ? null : await readOrdersMeant(tx);
        const task = await readMrpTask(tx, frame, plan.parameters);
        return { ...frame, fingerprints, meant, task };
      });
      const result = await runInThread<MrpResult>(mrpThread, task, running);
      const insert = async (tx: Transaction, planId: string) => {
        await insertRows(tx, planId, result);
        await insertBasis(tx, planId, { ...basis, result });
        // After the rows, which may take a while: from here on people who firm orders wait.
        if (meant !== null && !(await lockOrdersMeant(tx, planId, meant))) throw new MovedOn();
      };
      return { made: result, insert };
    }
    case "schedule": {
      const task = await db.inSnapshot(tenantId, async (tx) =>
        readScheduleTask(tx, { ...plan, timeZone: await timeZone(tx) }, plan.parameters),
      );
      const result = await runInThread<ScheduleResult>(scheduleThread, task, running);
      return { made: result, insert: (tx, planId) => insertScheduleResult(tx, planId, result) };
    }
    default:
      return assertNever(plan);
  }
}

const mrpThread = new URL("./mrp/mrp-thread.ts", import.meta.url);
const scheduleThread = new URL("./schedule/schedule-thread.ts", import.meta.url);

/** Twice a second: stores the progress, and in the same statement hears whether it was cancelled. */
async function watch(given: {
  deps: PlanMaking;
  tenantId: TenantId;
  planId: string;
  progress: () => ThreadProgress;
  cancelled: AbortController;
  signal: AbortSignal;
}): Promise<void> {
  const { deps, tenantId, planId, cancelled, signal } = given;
  const { db, log } = deps.platform;
  while (await pause(watchMs, signal)) {
    try {
      const isRunning = await db.inTenant(tenantId, (tx) =>
        saveProgress(tx, planId, given.progress()),
      );
      if (!isRunning) cancelled.abort(new PlanCancelled());
    } catch (error) {
      log.warn({ err: error, planId }, "the progress of a plan is not saved; tried again");
    }
  }
}

const watchMs = 500;

/** False when the signal came first. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => resolve();
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
  return !signal.aborted;
}
