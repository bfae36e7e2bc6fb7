import type { NewLocation } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { allowsNegativeByNature, checkPlace, type Location } from "./domain/location.ts";
import { unknown } from "./domain/posting.ts";
import { insertLocation, loadLocations } from "./store/locations.ts";

/**
 * Makes a place of the tree or a virtual location. Whether it may go below zero is fixed for life.
 * @throws Refusal location.unknown (the parent) · location.misplaced · location.code_taken
 */
export async function createLocation(
  tx: Transaction,
  { newId }: { newId: () => string },
  asked: NewLocation,
): Promise<Location> {
  const { parentId, kind, code, name } = asked;
  const parents = await loadLocations(tx, parentId === null ? [] : [parentId]);
  const parent = parentId === null ? null : parents.get(parentId);
  if (parent === undefined) throw unknown("location", parentId ?? "");
  checkPlace(kind, parent);
  const allowsNegative = asked.allowsNegative ?? allowsNegativeByNature(kind);
  const location = { locationId: newId(), parentId, kind, code, name, allowsNegative };
  if (!(await insertLocation(tx, location))) {
    throw new Refusal("location.code_taken", `Location code ${code} is in use. Choose another.`);
  }
  return location;
}
