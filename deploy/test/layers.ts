/** A layer of tests: one vitest project, run on its own so that layers do not compete for the machine. */
export type Layer = {
  readonly project: "pure" | "db-timescale" | "db-postgres" | "db-own" | "journey";
  /** Fewer tests than this means that tests got lost: a failure with CI set. Raise it as they grow. */
  readonly floor: number;
  /** Longer than this is a hang, and ended. */
  readonly deadlineMs: number;
};

const MINUTE_MS = 60_000;

/** In the order they run: the quick ones first. */
export const layers: readonly Layer[] = [
  { project: "pure", floor: 1150, deadlineMs: 5 * MINUTE_MS },
  { project: "db-timescale", floor: 635, deadlineMs: 22 * MINUTE_MS },
  { project: "db-postgres", floor: 635, deadlineMs: 22 * MINUTE_MS },
  // The same tests as far as they go through core and ingest, each tenant in a database of its own.
  { project: "db-own", floor: 95, deadlineMs: 12 * MINUTE_MS },
  { project: "journey", floor: 22, deadlineMs: 30 * MINUTE_MS },
];
