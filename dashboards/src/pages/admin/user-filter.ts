import type { User } from "@millwright/contracts/api";

import type { UserFilter } from "../../api/identity-queries.ts";
import { textOf } from "../../panels/lists/read-filter.ts";

/** As the contract's `userStates`, which would bring zod along. */
export const userStates = [
  "invited",
  "active",
  "locked",
  "inactive",
] as const satisfies readonly User["state"][];

/** Reads the filter of the list of users out of a URL; what it does not understand it leaves out. */
export function readUserFilter(search: Record<string, unknown>): UserFilter {
  const state = userStates.find((one) => one === search["state"]);
  const text = textOf(search["search"]);
  const role = textOf(search["role"]);
  return {
    ...(state !== undefined && { state }),
    ...(text !== "" && { search: text }),
    ...(role !== "" && { role }),
  };
}
