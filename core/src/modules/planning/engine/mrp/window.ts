import type { MrpInput } from "./input.ts";
import { createLotWork, type LotWork } from "./lot-sizing.ts";
import type { Structure } from "./structure.ts";

/**
 * Scratch space for one point at a time: the gross requirements of every day that can have one. It
 * fits the first-level cache, so requirements are added up without leaving it. Between points `gross`
 * is all 0.
 */
export type Window = {
  /** Day of `gross[0]`: no need can be earlier. */
  origin: number;
  gross: Float64Array;
  /** Slots of `gross` outside [low, high] are 0. */
  low: number;
  high: number;
  lots: LotWork;
};

export function createWindow({ demands, points }: MrpInput, { reachDays }: Structure): Window {
  let firstDay = 0;
  let lastDay = 0;
  for (let row = 0; row < demands.count; row += 1) {
    if ((demands.point[row] ?? -1) < 0) continue;
    firstDay = Math.min(firstDay, demands.day[row] ?? 0);
    lastDay = Math.max(lastDay, demands.day[row] ?? 0);
  }
  // A fence moves orders to later days, and so the needs of their components.
  for (let point = 0; point < points.count; point += 1) {
    lastDay = Math.max(lastDay, points.planningFence[point] ?? 0);
  }
  const origin = firstDay - reachDays;
  const gross = new Float64Array(lastDay - origin + 1);
  return { origin, gross, low: gross.length, high: -1, lots: createLotWork(gross.length) };
}

/** Makes room for a demand on `day`. */
export function widenWindow(window: Window, day: number, { reachDays }: Structure): void {
  const origin = Math.min(window.origin, day - reachDays);
  const length = Math.max(window.origin + window.gross.length, day + 1) - origin;
  if (length === window.gross.length) return;
  window.origin = origin;
  window.gross = new Float64Array(length);
  window.lots = createLotWork(length);
}
