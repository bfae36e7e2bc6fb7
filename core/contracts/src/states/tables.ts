/**
 * The words and tables of states without their schemas: screens import these, so that zod does not
 * travel to the browser.
 */

/** Machine states of ISO 22400-2 as DOMAIN.md names them; `no_data` is a state of its own. */
export const machineStates = [
  "producing",
  "idle",
  "setup",
  "down",
  "planned_stop",
  "no_data",
] as const;
export type MachineState = (typeof machineStates)[number];

/** What a metric means to the ERP (DOMAIN.md, Equipment). */
export const bindingRoles = [
  "count.total",
  "count.good",
  "count.scrap",
  "state",
  "state.reason",
  "energy.total",
  "level",
  "weight",
  "scan",
  "process",
] as const;
export type BindingRole = (typeof bindingRoles)[number];

export const workOrderStates = [
  "draft",
  "firmed",
  "released",
  "in_progress",
  "on_hold",
  "completed",
  "closed",
  "cancelled",
] as const;
export type WorkOrderState = (typeof workOrderStates)[number];

/** Every allowed transition of a work order; what is not listed is refused (DOMAIN.md, Orders). */
export const workOrderTransitions = {
  draft: ["firmed", "cancelled"],
  firmed: ["released", "cancelled"],
  released: ["in_progress", "on_hold", "cancelled"],
  in_progress: ["on_hold", "completed", "cancelled"],
  on_hold: ["released", "in_progress", "cancelled"],
  completed: ["closed"],
  closed: [],
  cancelled: [],
} as const satisfies Record<WorkOrderState, readonly WorkOrderState[]>;

export const operationStates = [
  "waiting",
  "ready",
  "setup",
  "running",
  "paused",
  "done",
  "skipped",
  "cancelled",
] as const;
export type OperationState = (typeof operationStates)[number];

/** What a person may ask of a work order, and from which states: one table for server and screens. */
export const workOrderCommands = {
  firm: ["draft"],
  release: ["firmed"],
  hold: ["released", "in_progress"],
  resume: ["on_hold"],
  complete: ["in_progress"],
  cancel: ["draft", "firmed", "released", "in_progress", "on_hold"],
  close: ["completed"],
} as const satisfies Record<string, readonly WorkOrderState[]>;
export type WorkOrderCommand = keyof typeof workOrderCommands;

/** Whether a command is allowed in a state; the refusal names the states in `workOrderCommands`. */
export function isCommandAllowed(command: WorkOrderCommand, state: WorkOrderState): boolean {
  const allowed: readonly WorkOrderState[] = workOrderCommands[command];
  return allowed.includes(state);
}

/**
 * `scheduled`: waits for a time · `retrying`: failed and tries again · `failed`: a dead letter, it
 * failed the last time and stays until somebody retries it or two weeks pass.
 */
export const jobStates = [
  "waiting",
  "scheduled",
  "retrying",
  "active",
  "completed",
  "failed",
  "cancelled",
] as const;
export type JobState = (typeof jobStates)[number];

/** What a person may ask of a job, and in which states: one table for server and screens. */
const jobCommands = {
  cancel: ["waiting", "scheduled", "retrying", "active"],
  retry: ["failed", "cancelled"],
} as const satisfies Record<string, readonly JobState[]>;
export type JobCommand = keyof typeof jobCommands;

export function jobCommandsIn(state: JobState): JobCommand[] {
  return (["cancel", "retry"] as const).filter((command) => {
    const from: readonly JobState[] = jobCommands[command];
    return from.includes(state);
  });
}
