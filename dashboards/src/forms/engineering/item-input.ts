import type { StoredItem } from "@millwright/contracts/api";

import type { ItemInput, RoutingStepInput } from "../../api/engineering-shapes.ts";
import { formatMinutes, parseMinutes } from "./minutes.ts";

/** Master data as it is typed; an empty price or lot size is "unknown", which the server calls null. */
export type TypedItem = {
  number: string;
  name: string;
  kind: ItemInput["kind"];
  uom: string;
  description: string;
  revision: string;
  tracking: NonNullable<ItemInput["tracking"]>;
  purchasePrice: string;
  costLotSize: string;
};

export const newItem: TypedItem = {
  number: "",
  name: "",
  kind: "make",
  uom: "pc",
  description: "",
  revision: "",
  tracking: "none",
  purchasePrice: "",
  costLotSize: "",
};

export function typedItem(item: StoredItem): TypedItem {
  const { purchasePrice, costLotSize, ...rest } = item;
  const { number, name, kind, uom, description, revision, tracking } = rest;
  return {
    number,
    name,
    kind,
    uom,
    description,
    revision,
    tracking,
    purchasePrice: purchasePrice ?? "",
    costLotSize: costLotSize ?? "",
  };
}

/** What is sent for master data as typed and a routing as it is. */
export function itemInput(typed: TypedItem, operations: readonly RoutingStepInput[]): ItemInput {
  const { purchasePrice, costLotSize, ...rest } = typed;
  return {
    ...rest,
    purchasePrice: decimalOrNull(purchasePrice),
    costLotSize: decimalOrNull(costLotSize),
    operations: [...operations],
  };
}

/** A decimal comma is what most of Europe has on its keys. */
export function decimal(text: string): string {
  return text.trim().replace(",", ".");
}

function decimalOrNull(text: string): string | null {
  return text.trim() === "" ? null : decimal(text);
}

type TypedTimes = { workCenterId: string; run: string; setup: string };

/** One routing step as it is typed: times in minutes and seconds. */
export type TypedStep = TypedTimes & {
  /** Of this typing only: steps are numbered 10, 20, 30 by their place. */
  key: number;
  name: string;
  transferQuantity: string;
  setupFamilyId: string;
  capabilityIds: readonly string[];
  alternatives: readonly (TypedTimes & { key: number })[];
};

export function typedSteps(item: StoredItem): TypedStep[] {
  return item.operations.map((step, index) => ({
    key: index,
    name: step.name,
    workCenterId: step.workCenterId,
    run: formatMinutes(step.runMsPerUnit),
    setup: formatMinutes(step.setupMs),
    transferQuantity: step.transferQuantity ?? "",
    setupFamilyId: step.setupFamilyId ?? "",
    capabilityIds: step.capabilityIds,
    alternatives: step.alternatives.map((other, place) => ({
      key: place,
      workCenterId: other.workCenterId,
      run: formatMinutes(other.runMsPerUnit),
      setup: formatMinutes(other.setupMs),
    })),
  }));
}

/** What is sent for typed steps; null when a time is none. */
export function routingInput(steps: readonly TypedStep[]): RoutingStepInput[] | null {
  const read = steps.map((step, index) => {
    const times = readTimes(step);
    const alternatives = step.alternatives.map((other, place) => {
      const times = readTimes(other);
      return times && { ...times, workCenterId: other.workCenterId, priority: place + 1 };
    });
    if (times === null || !alternatives.every((one) => one !== null)) return null;
    return {
      ...times,
      alternatives,
      step: (index + 1) * 10,
      name: step.name,
      workCenterId: step.workCenterId,
      transferQuantity: decimalOrNull(step.transferQuantity),
      setupFamilyId: step.setupFamilyId || null,
      capabilityIds: [...step.capabilityIds],
    };
  });
  return read.every((step) => step !== null) ? read : null;
}

function readTimes({ run, setup }: TypedTimes) {
  const runMsPerUnit = parseMinutes(run);
  const setupMs = parseMinutes(setup === "" ? "0" : setup);
  // A step without run time would plan as free.
  if (runMsPerUnit === null || runMsPerUnit === 0 || setupMs === null) return null;
  return { runMsPerUnit, setupMs };
}
