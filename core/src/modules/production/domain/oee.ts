import type { Oee, Ratio } from "@millwright/contracts/api";
import { type MachineState, machineStates } from "@millwright/contracts/states";

/**
 * Which time element of ISO 22400-2 a machine state belongs to: `actual` lies in APT and PBT,
 * `planned` in PBT only, `outside` in neither. A version is never changed, only followed by another,
 * so that a figure can be computed again as it was.
 */
const timeModels: Record<number, Record<MachineState, "actual" | "planned" | "outside">> = {
  1: {
    producing: "actual",
    idle: "planned",
    setup: "planned",
    down: "planned",
    planned_stop: "outside",
    no_data: "planned",
  },
};
export const currentTimeModel = 1;

export type OeeInput = {
  /** Milliseconds of the production day so far in each state, >= 0. */
  stateMs: Partial<Record<MachineState, number>>;
  /** GQ and PQ in pieces; PQ = good + scrap. */
  good: number;
  scrap: number;
  /** Pieces that belong to an operation, and the sum of their planned run times (PRI) in ms. */
  plannedPieces: number;
  plannedMs: number;
  /** Above this share of no_data the figures are ranges; a setting of the tenant. */
  noDataShareMax?: number;
};

/**
 * OEE so far. A ratio whose denominator is 0 is null; E is never capped, because E > 1 says that the
 * planned run time is wrong. Above `noDataShareMax` of no_data, availability and OEE are ranges: the machine may have
 * stood or produced all that time. Pieces without an operation count at the mean PRI of the others.
 * @source ISO 22400-2:2014, availability, effectiveness, quality ratio, OEE index; DOMAIN.md
 */
export function oee(input: OeeInput, timeModelVersion = currentTimeModel): Oee {
  const model = timeModels[timeModelVersion];
  if (model === undefined) throw new Error(`there is no time model ${timeModelVersion}`);
  const inElement = (elements: readonly string[]) =>
    machineStates
      .filter((state) => elements.includes(model[state]))
      .reduce((sum, state) => sum + (input.stateMs[state] ?? 0), 0);
  const plannedBusyMs = inElement(["actual", "planned"]);
  const actualMs = inElement(["actual"]);
  const unknownMs = input.stateMs.no_data ?? 0;
  const isRange = unknownMs > plannedBusyMs * (input.noDataShareMax ?? noDataShareMax);

  const produced = input.good + input.scrap;
  const availability = range(
    ratio(actualMs, plannedBusyMs),
    ratio(actualMs + (isRange ? unknownMs : 0), plannedBusyMs),
  );
  const meanRunMs = ratio(input.plannedMs, input.plannedPieces);
  const effectiveness = exact(meanRunMs === null ? null : ratio(meanRunMs * produced, actualMs));
  const quality = exact(ratio(input.good, produced));
  return {
    availability,
    effectiveness,
    quality,
    oee: product(availability, effectiveness, quality),
    stateMs: input.stateMs,
    timeModelVersion,
  };
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
