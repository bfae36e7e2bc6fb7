import type { Plant } from "@millwright/contracts/api";

import type { TimeWindow } from "../api/queries.ts";

export const windowChoices = ["day", "1h", "8h", "24h"] as const;
export type WindowChoice = (typeof windowChoices)[number];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const lengthMs = { "1h": hourMs, "8h": 8 * hourMs, "24h": 24 * hourMs } as const;

/**
 * The window to read: it ends at the next full step (a minute, or 1/240 of the window if that is
 * more), so that what it names is read again once a step and not once a second.
 */
export function timeWindow(
  choice: WindowChoice,
  now: number,
  productionDay: Plant["productionDay"],
): TimeWindow {
  const dayFrom = Date.parse(productionDay.from);
  const length = choice === "day" ? now - dayFrom : lengthMs[choice];
  const step = Math.max(minuteMs, Math.ceil(length / 240 / minuteMs) * minuteMs);
  const to = Math.ceil(now / step) * step;
  const from = choice === "day" ? dayFrom : to - lengthMs[choice];
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
