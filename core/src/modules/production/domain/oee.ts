import type { Oee, Ratio } from "@millwright/contracts/api";
import { type MachineState, machineStates } from "@millwright/contracts/states";
import { toQuantity } from "@millwright/contracts/units";

/**
 * Which time element of ISO 22400-2 a machine state belongs to inside of planned operation time (POT):
 * `actual` lies in APT and PBT, `planned` in PBT only, `outside` in neither. What lies outside of POT is
 * in none, unless the model has no calendars: then all time is POT. A version is never changed, only
 * followed by another, so that a figure can be computed again as it was.
 */
type TimeModel = {
  hasCalendars: boolean;
  elements: Record<MachineState, "actual" | "planned" | "outside">;
};

const elements: TimeModel["elements"] = {
  producing: "actual",
  idle: "planned",
  setup: "planned",
  down: "planned",
  planned_stop: "outside",
  no_data: "planned",
};
const timeModels: Record<number, TimeModel> = {
  1: { hasCalendars: false, elements },
  2: { hasCalendars: true, elements },
};
export const currentTimeModel = 2;

/** What a machine did in some time. */
export type TimeSums = {
  /** Milliseconds in each state, >= 0. */
  stateMs: Partial<Record<MachineState, number>>;
  /** GQ and PQ in pieces; PQ = good + scrap. */
  good: number;
  scrap: number;
  /** Pieces that belong to an operation, and the sum of their planned run times (PRI) in ms. */
  plannedPieces: number;
  plannedMs: number;
};

export type OeeInput = {
  /** In planned operation time: working time of the calendar, or all time where there is none. */
  planned: TimeSums;
  /** In the rest: before and after shifts, in breaks, on holidays. */
  unplanned: TimeSums;
  /** Above this share of no_data the figures are ranges; a setting of the tenant. */
  noDataShareMax?: number;
};

export const noTime: TimeSums = { stateMs: {}, good: 0, scrap: 0, plannedPieces: 0, plannedMs: 0 };

/**
 * OEE so far, of planned operation time: the pieces of unplanned running are in no ratio either, since
 * their time is in none. A ratio whose denominator is 0 is null; E is never capped, because E > 1 says
 * that the planned run time is wrong. Above `noDataShareMax` of no_data, availability and OEE are
 * ranges: the machine may have stood or produced all that time. Pieces without an operation count at the
 * mean PRI of the others.
 * @source ISO 22400-2:2014, time model (POT, PBT, APT), availability, effectiveness, quality ratio, OEE
 *   index; DOMAIN.md
 */
export function oee(input: OeeInput, timeModelVersion = currentTimeModel): Oee {
  const model = timeModels[timeModelVersion];
  if (model === undefined) throw new Error(`there is no time model ${timeModelVersion}`);
  const planned = model.hasCalendars ? input.planned : addUp([input.planned, input.unplanned]);
  const unplanned = model.hasCalendars ? input.unplanned : noTime;
  const inElement = (wanted: readonly string[]) =>
    machineStates
      .filter((state) => wanted.includes(model.elements[state]))
      .reduce((sum, state) => sum + (planned.stateMs[state] ?? 0), 0);
  const plannedBusyMs = inElement(["actual", "planned"]);
  const actualMs = inElement(["actual"]);
  const unknownMs = planned.stateMs.no_data ?? 0;
  const isRange = unknownMs > plannedBusyMs * (input.noDataShareMax ?? noDataShareMax);

  const produced = planned.good + planned.scrap;
  const availability = range(
    ratio(actualMs, plannedBusyMs),
    ratio(actualMs + (isRange ? unknownMs : 0), plannedBusyMs),
  );
  const meanRunMs = ratio(planned.plannedMs, planned.plannedPieces);
  const effectiveness = exact(meanRunMs === null ? null : ratio(meanRunMs * produced, actualMs));
  const quality = exact(ratio(planned.good, produced));
  return {
    availability,
    effectiveness,
    quality,
    oee: product(availability, effectiveness, quality),
    plannedBusyMs,
    stateMs: planned.stateMs,
    unplanned: {
      runningMs: unplanned.stateMs.producing ?? 0,
      good: toQuantity(unplanned.good),
      scrap: toQuantity(unplanned.scrap),
    },
    timeModelVersion,
  };
}

function addUp(all: readonly TimeSums[]): TimeSums {
  const sum: TimeSums = { ...noTime, stateMs: {} };
  for (const one of all) {
    for (const state of machineStates) {
      const ms = one.stateMs[state];
      if (ms !== undefined) sum.stateMs[state] = (sum.stateMs[state] ?? 0) + ms;
    }
    sum.good += one.good;
    sum.scrap += one.scrap;
    sum.plannedPieces += one.plannedPieces;
    sum.plannedMs += one.plannedMs;
  }
  return sum;
}

// DOMAIN.md: above 5 % of no_data OEE is shown as a range, unless the tenant decided otherwise.
const noDataShareMax = 0.05;

function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

function exact(value: number | null): Ratio {
  return range(value, value);
}

function range(low: number | null, high: number | null): Ratio {
  return low === null || high === null ? null : { low, high };
}

function product(...ratios: Ratio[]): Ratio {
  let result: Ratio = { low: 1, high: 1 };
  for (const factor of ratios) {
    if (factor === null) return null;
    result = { low: result.low * factor.low, high: result.high * factor.high };
  }
  return result;
}
