import { itemSchema, type RoutingStep, type StoredItem } from "@millwright/contracts/api";
import { z } from "zod";

import { cell } from "../../platform/tables/cells.ts";
import type { Column } from "../../platform/tables/column.ts";

/**
 * Items as a file: one row per operation, the item's own cells repeated, as planners keep them in a
 * spreadsheet. Alternatives, setup families, skills and tools of an operation are not in it; nor is
 * what the system computes.
 */
export type ItemRow = { item: StoredItem; operation: RoutingStep | null; places: Places };

/** Work centers by id: a file names them as people do. */
export type Places = ReadonlyMap<string, { areaName: string; name: string }>;

const place = ({ operation, places }: ItemRow) => places.get(operation?.workCenterId ?? "");

export const itemColumns: readonly Column<ItemRow>[] = [
  { field: "number", kind: "text", show: ({ item }) => item.number },
  { field: "name", kind: "text", show: ({ item }) => item.name },
  { field: "kind", kind: "text", show: ({ item }) => item.kind },
  { field: "uom", kind: "text", show: ({ item }) => item.uom },
  { field: "description", kind: "text", show: ({ item }) => item.description },
  { field: "revision", kind: "text", show: ({ item }) => item.revision },
  { field: "tracking", kind: "text", show: ({ item }) => item.tracking },
  { field: "purchasePrice", kind: "decimal", show: ({ item }) => item.purchasePrice },
  { field: "costLotSize", kind: "decimal", show: ({ item }) => item.costLotSize },
  { field: "standardCost", kind: "decimal", show: ({ item }) => item.standardCost },
  { field: "step", kind: "number", show: ({ operation }) => operation?.step ?? null },
  { field: "operationName", kind: "text", show: ({ operation }) => operation?.name ?? null },
  { field: "areaName", kind: "text", show: (row) => place(row)?.areaName ?? null },
  { field: "workCenterName", kind: "text", show: (row) => place(row)?.name ?? null },
  {
    field: "runMsPerUnit",
    kind: "number",
    show: ({ operation }) => operation?.runMsPerUnit ?? null,
  },
  { field: "setupMs", kind: "number", show: ({ operation }) => operation?.setupMs ?? null },
  {
    field: "transferQuantity",
    kind: "decimal",
    show: ({ operation }) => operation?.transferQuantity ?? null,
  },
];

/** Columns that follow from others. */
export const itemColumnsPassedOver = ["itemId", "standardCost", "uomDecimals", "version"];

const { number, name, kind, uom, description, revision, tracking, purchasePrice, costLotSize } =
  itemSchema.shape;
const step = itemSchema.shape.operations.element.shape;

/** A row of an import: an operation is there when its step is. */
export const itemRowSchema = z.object({
  number,
  name,
  kind,
  uom,
  description,
  revision,
  tracking,
  purchasePrice,
  costLotSize,
  step: cell.number(step.step).optional(),
  operationName: step.name.optional(),
  areaName: z.string().optional(),
  workCenterName: z.string().optional(),
  runMsPerUnit: cell.number(step.runMsPerUnit).optional(),
  setupMs: cell.number(step.setupMs).optional(),
  transferQuantity: step.transferQuantity,
});
export type ItemRowToImport = z.infer<typeof itemRowSchema>;
