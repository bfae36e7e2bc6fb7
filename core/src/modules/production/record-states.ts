import type { EventToEmit, LoggedEvent } from "@millwright/contracts/events";
import type { WorkUnitId } from "@millwright/contracts/units";

import type { Transaction } from "../../platform/db/transaction.ts";
import { keyOf, payloadOf } from "../../platform/events/log.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import type { Equipment } from "../equipment/index.ts";
import type { By } from "./change-work-order.ts";
import type { StatePoint } from "./domain/state-intervals.ts";
import { instantOf } from "./instant.ts";
import { closeGivenReasons } from "./store/given-reasons.ts";
import { type ReasonPoint, saveReasonPoints } from "./store/reason-points.ts";
import { loadLatestStates, replaceStatePoints, saveStatePoints } from "./store/state-points.ts";

type Observed = { workUnitId: WorkUnitId; point: StatePoint };

/**
 * Keeps what state each machine was in and why, and says when a downtime opens and closes. `events` are
 * state and reason events of one tenant in log order. Backfilled history replaces its window and opens no downtime:
 * it is over.
 */
export async function recordStates(
  tx: Transaction,
  equipment: Equipment,
  events: readonly LoggedEvent[],
  by: By,
): Promise<void> {
  let observed: Observed[] = [];
  const said: ReasonPoint[] = [];
  const workUnitIds = new Set<string>();
  for (const event of events) {
    if (keyOf(event) === "machine.state_observed@1") {
      const payload = payloadOf("machine.state_observed@1", event);
      const point = { at: Date.parse(payload.sourceTime), state: payload.state };
      observed.push({ workUnitId: payload.workUnitId, point });
      workUnitIds.add(payload.workUnitId);
    }
    if (keyOf(event) === "machine.reason_observed@1") {
      const payload = payloadOf("machine.reason_observed@1", event);
      const { workUnitId, code } = payload;
      said.push({ workUnitId, code, at: Date.parse(payload.sourceTime) });
      workUnitIds.add(workUnitId);
    }
    if (keyOf(event) === "machine.state_backfilled@1") {
      const payload = payloadOf("machine.state_backfilled@1", event);
      await recordObserved(tx, observed, by);
      observed = [];
      // Windows may overlap and their order matters, so each is applied by itself; they are rare.
      await replaceStatePoints(tx, {
        workUnitId: payload.workUnitId,
        from: new Date(payload.from),
        to: new Date(payload.to),
        points: payload.points.map(({ state, sourceTime }) => ({
          state,
          at: Date.parse(sourceTime),
        })),
      });
      workUnitIds.add(payload.workUnitId);
    }
  }
  await recordObserved(tx, observed, by);
  await saveReasonPoints(tx, said);
  if (workUnitIds.size > 0) closeGivenReasons(tx, [...workUnitIds]);
  const workUnits = await equipment.workUnits(tx, [...workUnitIds]);
  tx.touch(workUnits.map((workUnit) => workUnit.workCenterId));
}

async function recordObserved(
  tx: Transaction,
  observed: readonly Observed[],
  by: By,
): Promise<void> {
  if (observed.length === 0) return;
  const workUnitIds = [...new Set(observed.map(({ workUnitId }) => workUnitId))];
  const latest = await loadLatestStates(tx, workUnitIds);
  // The last one of an instant wins.
  const points = new Map<string, Observed>();
  for (const fact of observed) {
    points.set(`${fact.workUnitId} ${fact.point.at}`, fact);
    const before = latest.get(fact.workUnitId);
    if (before !== undefined && before.at > fact.point.at) continue;
    tx.emit(downtimeEvents(tx, fact, before, by));
    // While a machine stays down, its downtime keeps the time it began.
    const isStillDown = before?.state === "down" && fact.point.state === "down";
    latest.set(fact.workUnitId, isStillDown ? before : fact.point);
  }
  await saveStatePoints(tx, [...points.values()]);
}

function downtimeEvents(
  tx: Transaction,
  { workUnitId, point }: Observed,
  before: StatePoint | undefined,
  by: By,
): EventToEmit[] {
  const wasDown = before?.state === "down";
  const isDown = point.state === "down";
  if (wasDown === isDown) return [];
  const common = {
    tenantId: tx.tenantId,
    stream: `work_unit:${workUnitId}`,
    streamVersion: null,
    actor: by.actor,
  };
  const sourceTime = instantOf(point.at);
  if (isDown) {
    const payload = { workUnitId, sourceTime };
    return [newEvent("downtime.opened@1", { ...common, payload })];
  }
  const payload = {
    workUnitId,
    sourceFrom: instantOf(before?.at ?? point.at),
    sourceTo: sourceTime,
  };
  return [newEvent("downtime.closed@1", { ...common, payload })];
}
