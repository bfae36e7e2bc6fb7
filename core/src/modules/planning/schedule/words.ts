import type { PlanFinding } from "@millwright/contracts/api";

import type { Finding } from "../engine/schedule/problem.ts";
import { culpritsMax, operationName } from "./finding.ts";
import type { ScheduleTask } from "./schedule-task.ts";

type Names = Pick<ScheduleTask, "operations" | "workCenters" | "capabilities">;

export function nameOf({ operations }: Names, row: number): string {
  const reference = operations[row];
  return reference === undefined ? `operation ${row}` : operationName(reference);
}

export function workCenterName({ workCenters }: Names, row: number): string {
  return workCenters[row]?.name ?? `work center ${row}`;
}

export function capabilityName({ capabilities }: Names, row: number): string {
  return capabilities[row] ?? `resource ${row}`;
}

/**
 * A finding of the engine with the names of what it calls by rows. It names skills and tools in its
 * message only; they are culprits as well.
 */
export function shownFinding(names: Names, finding: Finding): PlanFinding {
  const { code, operations, machines, message } = finding;
  const resources = new Set<number>();
  const shown = message.replaceAll(rows, (_, word: string, listed: string) => {
    const said = listed.replaceAll(/\d+/g, (digits) => {
      const row = Number(digits);
      switch (word.toLowerCase()) {
        case "work center":
          return workCenterName(names, row);
        case "resource":
          resources.add(row);
          return capabilityName(names, row);
        default:
          return nameOf(names, row);
      }
    });
    return `${word} ${said}`;
  });
  return {
    code,
    culprits: [
      ...operations.slice(0, culpritsMax).map((row) => nameOf(names, row)),
      ...machines.slice(0, culpritsMax).map((row) => workCenterName(names, row)),
      ...[...resources].map((row) => capabilityName(names, row)),
    ],
    message: shown,
  };
}

/** Rows as the engine's sentences have them: alone, in a list, or around a cycle. */
const rows = /\b(operations?|follows|work center|resource) (\d+(?:(?:, | → )\d+)*)/gi;
