import { Refusal } from "../../platform/errors.ts";

export function unknownPlan(planId: string): Refusal {
  return new Refusal("plan.unknown", `There is no plan ${planId}; the oldest are forgotten.`, {
    kind: "absent",
  });
}
