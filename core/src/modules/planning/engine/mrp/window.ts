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

/** A window of `days` days from `origin` on. */
export function createWindow(origin: number, days: number): Window {
  const gross = new Float64Array(days);
  return { origin, gross, low: days, high: -1, lots: createLotWork(days) };
}

/** A window that all needs of a plan lie in. */
export function windowOf({ demands, points }: MrpInput, { reachDays }: Structure): Window {
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
  return createWindow(origin, lastDay - origin + 1);
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
