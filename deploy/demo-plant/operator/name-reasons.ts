import { listMachineReasonCodes } from "@millwright/contracts/api";
import { standardDowntimeReasons } from "@millwright/contracts/states";

import { type StopReason, stopReasons } from "../machines/machine.ts";
import { ApiRefusal, type CoreApi } from "./core-api.ts";

/** What the machines' own words for a stop mean in the list that every company begins with. */
const meanings: Partial<Record<StopReason, (typeof standardDowntimeReasons)[number]["code"]>> = {
  short_stop: "JAM",
  breakdown: "BREAKDOWN",
  misfeed: "BAD_MATERIAL",
  tool_worn: "TOOL",
  drive_fault: "ELECTRICAL",
};

/**
 * Gives the machines' codes their meaning where nobody has. One of them, a sensor's, is left for whoever
 * tries it out. A company whose policy does not let the demo plant do it keeps its codes as they are.
 */
export async function nameReasons(api: CoreApi): Promise<void> {
  const answer = listMachineReasonCodes.responses[200].content["application/json"].schema;
  const known = new Set((await api.get("/api/machine-reason-codes", answer)).rows.map(codeOf));
  for (const { reasonId, code: meant } of standardDowntimeReasons) {
    for (const [index, word] of stopReasons.entries()) {
      const code = String(index);
      if (meanings[word] !== meant || known.has(code)) continue;
      try {
        const meaning = { code, workUnitId: null, reasonId };
        await api.put("/api/machine-reason-codes", meaning, answer);
      } catch (error) {
        if (error instanceof ApiRefusal && error.code === "permission.missing") return;
        throw error;
      }
    }
  }
}

function codeOf({ code }: { code: string }): string {
  return code;
}
