import type { PlanFinding } from "@millwright/contracts/api";

/** What is wrong around the engine's problem; the engine's own codes are its FindingCode. */
export type TaskFindingCode =
  /** A work center whose calendar has no working time. */
  | "calendar.empty"
  /** Work that the rest of a calendar has no time for. */
  | "calendar.too_short"
  /** Orders beyond what a schedule takes. */
  | "orders.left_out";

export type TaskFinding = PlanFinding & { code: TaskFindingCode };

/** Of a finding: the first ones say enough, and the message what they have in common. */
export const culpritsMax = 20;

/** What people call an operation. */
export function operationName({ number, step }: { number: string; step: number }): string {
  return `${number} · ${step}`;
}

export function calendarEmpty(workCenter: string): TaskFinding {
  return {
    code: "calendar.empty",
    culprits: [workCenter],
    message: `The calendar of ${workCenter} has no working time within a year; nothing is planned there. Give it shifts, or take the work center off it.`,
  };
}

export function calendarHeld(workCenter: string, running: string): TaskFinding {
  return {
    code: "calendar.too_short",
    culprits: [workCenter, running],
    message: `${running} runs on ${workCenter} and takes longer than its calendar works within a year; nothing is planned there. Give the calendar more shifts.`,
  };
}

export function calendarTooShort(workCenter: string, operations: readonly string[]): TaskFinding {
  return {
    code: "calendar.too_short",
    culprits: [workCenter, ...operations.slice(0, culpritsMax)],
    message: `The calendar of ${workCenter} has too little working time within a year for ${operations.length} of its operations; they are not planned, nor is what follows them. Give it more shifts, or do them elsewhere.`,
  };
}

/** `first`: numbers of those that would have come next. */
export function ordersLeftOut(
  { count, first }: { count: number; first: readonly string[] },
  operationsMax: number,
): TaskFinding {
  return {
    code: "orders.left_out",
    culprits: first.slice(0, culpritsMax),
    message: `A schedule takes ${operationsMax} open operations: ${count} orders are left out whole, those not begun that are due last. Complete or cancel orders that are over, and firm fewer ahead; they come in as others end.`,
  };
}
