import { at } from "./at.ts";
import type { Model } from "./model.ts";

/**
 * The units of every secondary resource while a schedule is timed from front to back: groups that
 * become free together, ascending. An operation waits until as many units as it needs are free and
 * takes those that became free last, so that the older ones stay for what comes later in the order.
 */
export interface Units {
  /** Rows of `stride` groups per resource, and how many of them are in use. */
  stride: number;
  groups: Int32Array;
  freeAt: Int32Array;
  count: Int32Array;
  /** The operation that held the group last; `operations` (the end): a frozen one, or none. */
  holder: Int32Array;
  initial: Model["resources"]["free"];
  operations: number;
}

export function createUnits({ resources, operations }: Model): Units {
  const users = new Int32Array(resources.free.length);
  for (const r of resources.needResource) users[r] = at(users, r) + 1;
  // Every use adds at most one group to those of the beginning.
  const stride = resources.free.reduce(
    (most, groups, r) => Math.max(most, groups.length + at(users, r) + 1),
    1,
  );
  const cells = stride * resources.free.length;
  return {
    stride,
    groups: new Int32Array(resources.free.length),
    freeAt: new Int32Array(cells),
    count: new Int32Array(cells),
    holder: new Int32Array(cells),
    initial: resources.free,
    operations,
  };
}

/** Everything as it is before the first operation. */
export function resetUnits(units: Units): void {
  units.initial.forEach((groups, r) => {
    units.groups[r] = groups.length;
    groups.forEach((group, g) => {
      const cell = r * units.stride + g;
      units.freeAt[cell] = group.at;
      units.count[cell] = group.units;
      units.holder[cell] = units.operations;
    });
  });
}

/** The group of resource `r` with whose end `amount` units are free. */
export function groupFor(units: Units, r: number, amount: number): number {
  const from = r * units.stride;
  let free = 0;
  for (let g = 0; g < at(units.groups, r); g += 1) {
    free += at(units.count, from + g);
    if (free >= amount) return from + g;
  }
  return from;
}

/** Gives `amount` units to `holder` from `start` to `end`; they must be free at `start`. */
export function occupy(
  units: Units,
  { r, amount, holder }: { r: number; amount: number; holder: number },
  start: number,
  end: number,
): void {
  const { freeAt, count } = units;
  const from = r * units.stride;
  let size = at(units.groups, r);
  let g = from + size - 1;
  while (g > from && at(freeAt, g) > start) g -= 1;
  let left = amount;
  for (; left > 0 && g >= from; g -= 1) {
    const taken = Math.min(left, at(count, g));
    count[g] = at(count, g) - taken;
    left -= taken;
  }
  // Close the gaps of used-up groups, then put the new one in its place.
  let kept = from;
  for (let k = from; k < from + size; k += 1) {
    if (at(count, k) === 0) continue;
    copyGroup(units, k, kept);
    kept += 1;
  }
  size = kept - from;
  let place = from + size;
  for (; place > from && at(freeAt, place - 1) > end; place -= 1)
    copyGroup(units, place - 1, place);
  freeAt[place] = end;
  count[place] = amount;
  units.holder[place] = holder;
  units.groups[r] = size + 1;
}

function copyGroup({ freeAt, count, holder }: Units, from: number, to: number): void {
  freeAt[to] = at(freeAt, from);
  count[to] = at(count, from);
  holder[to] = at(holder, from);
}
