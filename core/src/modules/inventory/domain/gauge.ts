import {
  type GaugeFinding,
  type GaugeRole,
  type ProposalState,
  proposalTransitions,
  Refusal,
} from "@millwright/contracts/states";
import { Decimal } from "@millwright/contracts/units";

/** What measures a bin; quantities in the item's unit. */
export type Gauge = {
  gaugeId: string;
  workUnitId: string;
  role: GaugeRole;
  metricName: string | null;
  locationId: string;
  itemId: string;
  factor: string;
  tolerance: string;
  refillBelow: string | null;
  refillTo: string | null;
  autoConfirmUpTo: string | null;
  isRefillAutomatic: boolean;
  isActive: boolean;
};

/** What was decided before and holds until the gauge measures something else. */
export type GaugeMemory = {
  /** A person said that this difference is none. */
  rejectedDifference: string | null;
  /** A refill was asked for or refused, and the level has not been above the limit since. */
  isRefillDecided: boolean;
};

/** The newest value of one metric, as equipment gives it. */
export type GaugeReading = {
  workUnitId: string | null;
  role: string | null;
  name: string;
  value: string | number | boolean | null;
  quality: "good" | "uncertain_time" | "bad" | "stale";
  sourceTime: string | null;
};

/** What the books say of the item in the bin, and when it last moved there. */
export type Book = { expected: string; lastMoveTime: Date | null };

export type Measured =
  | { finding: "measured"; measured: Decimal; sourceTime: string }
  | { finding: Exclude<GaugeFinding, "measured">; measured: null; sourceTime: string | null };

/**
 * How much there is by the sensor, rounded to the decimals of the item, or why nobody can tell. Only
 * good values count. After a move the next value is waited for, because a value from before it would
 * take the move for a difference; for 5 minutes at most, because a device reports only what changed.
 */
export function measure(
  gauge: Pick<Gauge, "workUnitId" | "role" | "metricName" | "factor" | "tolerance">,
  readings: readonly GaugeReading[],
  facts: Book & { uomDecimals: number; now: Date },
): Measured {
  const own = readings.filter(
    ({ workUnitId, role, name }) =>
      workUnitId === gauge.workUnitId &&
      role === gauge.role &&
      (gauge.metricName === null || name === gauge.metricName),
  );
  const [reading] = own;
  if (reading === undefined) return nothing("no_data", null);
  if (own.length > 1) return nothing("several_metrics", null);
  const { quality, sourceTime } = reading;
  if (sourceTime === null) return nothing("no_data", null);
  if (quality !== "good") return nothing("not_good", sourceTime);
  const value = numberOf(reading.value);
  if (value === null) return nothing("no_data", sourceTime);
  if (isOlder(sourceTime, facts)) return nothing("older_than_moves", sourceTime);
  const measured = value.times(gauge.factor).toDecimalPlaces(facts.uomDecimals);
  if (!measured.isNegative()) return { finding: "measured", measured, sourceTime };
  // An empty scale swings around zero.
  if (measured.abs().gt(gauge.tolerance)) return nothing("below_zero", sourceTime);
  return { finding: "measured", measured: new Decimal(0), sourceTime };
}

/** What to propose, null for nothing, and what to remember. */
export type Proposed = {
  /** To add to the books; never 0. */
  adjustment: Decimal | null;
  /** To bring; above 0. */
  refill: Decimal | null;
  memory: { rejectedDifference: Decimal | null; isRefillDecided: boolean };
};

/** Compares what is there with the books and with the refill limit. */
export function propose(
  gauge: Pick<Gauge, "tolerance" | "refillBelow" | "refillTo"> & GaugeMemory,
  measured: Decimal,
  expected: string,
): Proposed {
  const difference = measured.minus(expected);
  const isNoise = difference.isZero() || difference.abs().lte(gauge.tolerance);
  const rejected = gauge.rejectedDifference === null ? null : new Decimal(gauge.rejectedDifference);
  const isRejected =
    !isNoise && rejected !== null && difference.minus(rejected).abs().lte(gauge.tolerance);
  const isLow = gauge.refillBelow !== null && measured.lt(gauge.refillBelow);
  const isAsking = isLow && !gauge.isRefillDecided && gauge.refillTo !== null;
  return {
    adjustment: isNoise || isRejected ? null : difference,
    refill: isAsking ? new Decimal(gauge.refillTo ?? 0).minus(measured) : null,
    memory: {
      rejectedDifference: isRejected ? rejected : null,
      isRefillDecided: isLow && gauge.isRefillDecided,
    },
  };
}

/** @throws Refusal proposal.transition_refused */
export function checkProposal(state: ProposalState, asked: ProposalState): void {
  const allowed: readonly ProposalState[] = proposalTransitions[state];
  if (allowed.includes(asked)) return;
  throw new Refusal(
    "proposal.transition_refused",
    `The proposal is ${state} and cannot become ${asked}. See what the gauge proposes now.`,
    { current: state, asked, allowed },
  );
}

/** @throws Refusal gauge.refill_unclear */
export function checkRefill({ refillBelow, refillTo }: Pick<Gauge, "refillBelow" | "refillTo">) {
  if (refillBelow === null && refillTo === null) return;
  if (refillBelow !== null && refillTo !== null && new Decimal(refillTo).gte(refillBelow)) return;
  throw new Refusal(
    "gauge.refill_unclear",
    "A refill needs both limits: below which it is asked for, and up to which, which is not less.",
    { kind: "invalid" },
  );
}

// Longer than the slowest reporting interval we know of a level sensor.
const settleMs = 5 * 60_000;

function isOlder(sourceTime: string, { lastMoveTime, now }: Book & { now: Date }): boolean {
  if (lastMoveTime === null || Date.parse(sourceTime) >= lastMoveTime.getTime()) return false;
  return now.getTime() - lastMoveTime.getTime() < settleMs;
}

function numberOf(value: GaugeReading["value"]): Decimal | null {
  if (typeof value === "number") return Number.isFinite(value) ? new Decimal(value) : null;
  // 64-bit integers come as text.
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return new Decimal(value);
  return null;
}

function nothing(finding: Exclude<GaugeFinding, "measured">, sourceTime: string | null): Measured {
  return { finding, measured: null, sourceTime };
}
