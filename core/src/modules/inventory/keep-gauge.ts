import type { GaugeInput, StockGauge } from "@millwright/contracts/api";
import { gaugeRoles } from "@millwright/contracts/states";
import { toQuantity } from "@millwright/contracts/units";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { requireVersion } from "../../platform/http/if-match.ts";
import type { Equipment } from "../equipment/index.ts";
import { checkRefill, measure } from "./domain/gauge.ts";
import { unknown } from "./domain/posting.ts";
import { itemsKept } from "./keep-item.ts";
import type { By, PostingDeps } from "./post-moves.ts";
import {
  insertGauge,
  lockGauges,
  readGauges,
  type StoredGauge,
  updateGauge,
} from "./store/gauges.ts";
import { loadLocations } from "./store/locations.ts";
import { lapseProposals } from "./store/proposals.ts";

type Deps = PostingDeps & { equipment: Equipment };

/**
 * Says that a level or weight measures an item in a bin.
 * @throws Refusal gauge.place_taken and what `checkGauge` refuses
 */
export async function createGauge(
  tx: Transaction,
  deps: Deps,
  asked: GaugeInput,
  by: By,
): Promise<StockGauge> {
  await checkGauge(tx, deps, asked);
  const gaugeId = deps.newId();
  if (!(await insertGauge(tx, { ...asked, gaugeId }))) throw placeTaken();
  return saved(tx, deps, { gaugeId, before: null }, by);
}

/**
 * Replaces a gauge; what it proposed under the old rules lapses.
 * @throws Refusal gauge.unknown · gauge.place_taken · record.changed_meanwhile and what `checkGauge`
 *   refuses
 */
export async function changeGauge(
  tx: Transaction,
  deps: Deps,
  { gaugeId, version, ...asked }: GaugeInput & { gaugeId: string; version: number },
  by: By,
): Promise<StockGauge> {
  await lockGauges(tx, gaugeId);
  const before = await readGauge(tx, deps, { gaugeId, now: by.now });
  requireVersion(before.version, version);
  await checkGauge(tx, deps, asked);
  if (!(await updateGauge(tx, { ...asked, gaugeId }))) throw placeTaken();
  const kinds = ["adjustment", "refill"] as const;
  await lapseProposals(
    tx,
    kinds.map((kind) => ({ gaugeId, kind })),
    by.now,
  );
  return saved(tx, deps, { gaugeId, before }, by);
}

/** By the code of the bin, with what each sensor says now. */
export async function readGaugePage(
  tx: Transaction,
  equipment: Equipment,
  asked: { after: string; limit: number; now: Date },
): Promise<StockGauge[]> {
  const gauges = await readGauges(tx, { after: asked.after, limit: asked.limit + 1 });
  return shown(tx, equipment, gauges, asked.now);
}

/**
 * Refuses what could never measure right.
 * @throws Refusal gauge.refill_unclear · gauge.serial_item · work_unit.unknown · location.unknown ·
 *   location.not_a_bin · item.unknown
 */
async function checkGauge(tx: Transaction, deps: Deps, asked: GaugeInput): Promise<void> {
  checkRefill(asked);
  const [workUnit] = await deps.equipment.workUnits(tx, [asked.workUnitId]);
  if (workUnit === undefined) {
    throw new Refusal("work_unit.unknown", `There is no work unit ${asked.workUnitId}.`, {
      kind: "absent",
    });
  }
  const location = (await loadLocations(tx, [asked.locationId])).get(asked.locationId);
  if (location === undefined) throw unknown("location", asked.locationId);
  if (location.kind !== "bin") {
    throw new Refusal(
      "location.not_a_bin",
      `${location.code} is ${location.kind}: a gauge measures what lies in a bin.`,
      { kind: "invalid" },
    );
  }
  const item = (await itemsKept(tx, deps.engineering, new Set([asked.itemId]))).get(asked.itemId);
  if (item?.tracking === "serial") {
    throw new Refusal(
      "gauge.serial_item",
      `${item.number} is tracked by serial: a level does not say which pieces lie there. Count them.`,
      { kind: "invalid" },
    );
  }
}

async function saved(
  tx: Transaction,
  { equipment }: Deps,
  { gaugeId, before }: { gaugeId: string; before: StockGauge | null },
  { actor, now }: By,
): Promise<StockGauge> {
  const after = await readGauge(tx, { equipment }, { gaugeId, now });
  recordChange(tx, {
    objectType: "stock_gauge",
    objectId: gaugeId,
    label: after.locationCode,
    before: before === null ? null : kept(before),
    after: kept(after),
    by: actor,
  });
  return after;
}

/** What people decide about a gauge, without what it says at the moment. */
function kept(gauge: StockGauge) {
  return { ...gauge, finding: null, measured: null, sourceTime: null, expected: null };
}

/** @throws Refusal gauge.unknown */
async function readGauge(
  tx: Transaction,
  { equipment }: Pick<Deps, "equipment">,
  { gaugeId, now }: { gaugeId: string; now: Date },
): Promise<StockGauge> {
  const gauges = await readGauges(tx, { gaugeId, after: "", limit: 1 });
  const [gauge] = await shown(tx, equipment, gauges, now);
  if (gauge !== undefined) return gauge;
  throw new Refusal("gauge.unknown", `There is no gauge ${gaugeId}.`, { kind: "absent" });
}

async function shown(
  tx: Transaction,
  equipment: Equipment,
  gauges: readonly StoredGauge[],
  now: Date,
): Promise<StockGauge[]> {
  const workUnitIds = [...new Set(gauges.map(({ workUnitId }) => workUnitId))];
  const readings = await equipment.readings(tx, workUnitIds, gaugeRoles);
  const units = await equipment.workUnits(tx, workUnitIds);
  const names = new Map(units.map(({ workUnitId, name }) => [workUnitId, name]));
  return gauges.map((gauge) => {
    const says = measure(gauge, readings, { ...gauge, now });
    return {
      gaugeId: gauge.gaugeId,
      workUnitId: gauge.workUnitId,
      workUnitName: names.get(gauge.workUnitId) ?? "",
      role: gauge.role,
      metricName: gauge.metricName,
      locationId: gauge.locationId,
      locationCode: gauge.locationCode,
      itemId: gauge.itemId,
      itemNumber: gauge.itemNumber,
      uom: gauge.uom,
      factor: toQuantity(gauge.factor),
      tolerance: toQuantity(gauge.tolerance),
      refillBelow: limit(gauge.refillBelow),
      refillTo: limit(gauge.refillTo),
      autoConfirmUpTo: limit(gauge.autoConfirmUpTo),
      isRefillAutomatic: gauge.isRefillAutomatic,
      isActive: gauge.isActive,
      finding: says.finding,
      measured: says.measured === null ? null : toQuantity(says.measured),
      sourceTime: says.sourceTime,
      expected: toQuantity(gauge.expected),
      version: gauge.version,
    };
  });
}

function limit(quantity: string | null) {
  return quantity === null ? null : toQuantity(quantity);
}

function placeTaken(): Refusal {
  return new Refusal(
    "gauge.place_taken",
    "Another gauge measures this bin: change that one, or they would correct each other.",
  );
}
