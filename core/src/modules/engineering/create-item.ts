import type { Item } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { Equipment } from "../equipment/index.ts";
import { insertItem, insertRouting } from "./store/items.ts";

/**
 * Makes an item with its routing.
 * @throws Refusal item.number_taken · item.steps_not_unique · work_center.unknown
 */
export async function createItem(tx: Transaction, equipment: Equipment, item: Item): Promise<Item> {
  const steps = item.operations.map((operation) => operation.step);
  if (new Set(steps).size !== steps.length) {
    throw new Refusal("item.steps_not_unique", "Two operations have the same step number.", {
      kind: "invalid",
    });
  }
  const known = new Set((await equipment.workCenters(tx)).map(({ workCenterId }) => workCenterId));
  const lost = item.operations.find((operation) => !known.has(operation.workCenterId));
  if (lost !== undefined) {
    throw new Refusal(
      "work_center.unknown",
      `Step ${lost.step} names a work center that does not exist.`,
      { kind: "invalid" },
    );
  }
  if (!(await insertItem(tx, item))) {
    throw new Refusal("item.number_taken", `Item number ${item.number} is in use.`);
  }
  await insertRouting(tx, item);
  return { ...item, operations: item.operations.toSorted((a, b) => a.step - b.step) };
}
