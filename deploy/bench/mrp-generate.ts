import {
  allocateInput,
  type MrpInput,
  supplyKinds,
} from "../../core/src/modules/planning/engine/mrp/input.ts";
import type { LotRule } from "../../core/src/modules/planning/engine/mrp/lot-sizing.ts";

/** Sizes of a generated factory. `weeks` are the buckets: the engine's day is a week here. */
export type FactorySize = { items: number; weeks: number; lines: number; seed: number };

const levels = 10;
const decimals = 2;
const unit = 10 ** decimals;
/** One or two per parent, each without and with 2 % scrap. */
const factors = [
  { numerator: 1, denominator: 1 },
  { numerator: 51, denominator: 50 },
  { numerator: 2, denominator: 1 },
  { numerator: 51, denominator: 25 },
];

/**
 * A factory of ten BOM levels with the same number of items on each; every item below the top is used by
 * random items above it, mostly on the level just above. Half of the weeks of a top item have a demand.
 * Rows are shuffled, so nothing about the structure can be read from the order of the rows. The same
 * size and seed give the same factory.
 */
export function generateFactory(size: FactorySize): MrpInput {
  const random = generator(size.seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const perLevel = Math.max(1, Math.floor(size.items / levels));
  const levelOf = (rank: number) => Math.min(levels - 1, Math.floor(rank / perLevel));
  const rowOfRank = shuffled(size.items, below);
  const tops = Math.min(perLevel, size.items);

  const demandRows: number[] = [];
  for (let place = 0; place < tops * size.weeks; place += 1) {
    if (random() < 0.5) demandRows.push(place);
  }
  const input = allocateInput({
    decimals,
    points: size.items,
    lines: size.lines,
    demands: demandRows.length,
    onHand: size.items,
    receipts: 0,
    factors,
  });
  const { points, lines, demands, onHand } = input;
  const weekly = new Float64Array(size.items);
  for (const [row, place] of demandRows.entries()) {
    const rank = Math.floor(place / size.weeks);
    const quantity = (1 + below(20)) * unit;
    demands.point[row] = rowOfRank[rank] ?? 0;
    demands.day[row] = place % size.weeks;
    demands.quantity[row] = quantity;
    weekly[rank] = (weekly[rank] ?? 0) + quantity / size.weeks;
  }

  const linesOf = new Int32Array(size.items);
  for (let line = 0; line < size.lines; line += 1) {
    const rank = tops + (line % Math.max(1, size.items - tops));
    linesOf[rank] = (linesOf[rank] ?? 0) + 1;
  }
  let line = 0;
  for (let rank = tops; rank < size.items; rank += 1) {
    const level = levelOf(rank);
    for (let use = 0; use < (linesOf[rank] ?? 0); use += 1) {
      const from = random() < 0.8 ? level - 1 : below(level);
      const parent = from * perLevel + below(perLevel);
      const per = random() < 0.8 ? 1 : 2;
      // One line in ten has scrap. Needs are rounded up to the last decimal, line by line.
      const hasScrap = random() < 0.1;
      lines.parent[line] = rowOfRank[parent] ?? 0;
      lines.component[line] = rowOfRank[rank] ?? 0;
      lines.factor[line] = 2 * (per - 1) + (hasScrap ? 1 : 0);
      weekly[rank] = (weekly[rank] ?? 0) + (weekly[parent] ?? 0) * per;
      line += 1;
    }
  }

  const lotRules: LotRule[] = [{ rule: "lot_for_lot" }];
  for (let rank = 0; rank < size.items; rank += 1) {
    const point = rowOfRank[rank] ?? 0;
    const average = Math.max(unit, Math.round((weekly[rank] ?? 0) / unit) * unit);
    points.kind[point] = supplyKinds.indexOf(levelOf(rank) < levels - 3 ? "make" : "buy");
    points.leadDays[point] = below(3);
    points.safetyStock[point] = random() < 0.1 ? average : 0;
    onHand.point[rank] = point;
    onHand.quantity[rank] = average * below(4);
    const rule = mixedRule(random(), average);
    if (rule === null) continue;
    points.lotRule[point] = lotRules.length;
    lotRules.push(rule);
  }
  return { ...input, lotRules };
}

/** Two items in five are planned lot for lot (null), the others by the five rules with parameters. */
function mixedRule(dice: number, weekly: number): LotRule | null {
  if (dice < 0.4) return null;
  if (dice < 0.5) return { rule: "fixed", quantity: 2 * weekly };
  if (dice < 0.6) return { rule: "economic_order_quantity", quantity: 3 * weekly };
  if (dice < 0.75) {
    return { rule: "min_max_multiple", minimum: 2 * weekly, maximum: 0, multiple: 10 * unit };
  }
  if (dice < 0.9) return { rule: "period_order_quantity", days: 4 };
  return { rule: "wagner_whitin", partPeriods: 3 * weekly };
}

function shuffled(count: number, below: (limit: number) => number): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  for (let row = count - 1; row > 0; row -= 1) {
    const other = below(row + 1);
    const kept = rows[row] ?? 0;
    rows[row] = rows[other] ?? 0;
    rows[other] = kept;
  }
  return rows;
}

/**
 * Uniform numbers in [0, 1) from a seed.
 * @source xorshift32, G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
 */
function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
