import type { Assignment, Finding, FindingCode } from "./problem.ts";

/** What of a problem can be planned, and why the rest cannot. */
export interface Inspected {
  /** Per machine whether anything can be planned on it. */
  usable: boolean[];
  /** Operations for the search, by index. */
  planned: number[];
  /** Possible alternatives of each planned or frozen operation; one per machine, the fastest. */
  alternatives: Map<number, { machine: number; time: number }[]>;
  /** Frozen operations by index. */
  frozen: Map<number, Assignment>;
  unplanned: number[];
  findings: Finding[];
}

/** Names what is wrong with which operations and machines: a finding. */
export type Note = (
  code: FindingCode,
  operations: number[],
  message: string,
  machines?: number[],
) => void;
