import type { Gantt } from "@millwright/contracts/api";

export type GanttScale = { startMs: number; endMs: number; width: number };

export type GanttBar = {
  /** Of its work center. */
  row: number;
  x: number;
  width: number;
  /** What to write on it, the longest first: it takes what fits. */
  labels: readonly string[];
  isLate: boolean;
  isFixed: boolean;
};

export const rowHeight = 32;

/** Pixels from the left. */
export function xOf(timeMs: number, { startMs, endMs, width }: GanttScale): number {
  return endMs === startMs ? 0 : ((timeMs - startMs) / (endMs - startMs)) * width;
}

/** One bar per operation, at least two pixels wide: a short one must not vanish. */
export function barsOf({ workCenters, operations, late }: Gantt, scale: GanttScale): GanttBar[] {
  const rows = new Map(workCenters.map(({ workCenterId }, row) => [workCenterId, row]));
  const lateOrders = new Set(late.map(({ workOrderId }) => workOrderId));
  return operations.map(({ workCenterId, workOrderId, number, step, starts, ends, isFixed }) => {
    const x = xOf(Date.parse(starts), scale);
    return {
      row: rows.get(workCenterId) ?? 0,
      x,
      width: Math.max(2, xOf(Date.parse(ends), scale) - x - 1),
      labels: [`${number} · ${step}`, number],
      isLate: lateOrders.has(workOrderId),
      isFixed,
    };
  });
}
