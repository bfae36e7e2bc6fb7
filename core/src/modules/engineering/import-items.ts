import type { Item, RoutingStep } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import type { Equipment, WorkCenter } from "../equipment/index.ts";
import { checkAgainst, readSurroundings } from "./check-item.ts";
import type { ItemRowToImport } from "./items-table.ts";
import { insertManyItems } from "./store/many-items.ts";

type Row = FileRow<ItemRowToImport>;
type Deps = { equipment: Equipment; newId: () => string };

/**
 * Makes the items of a file, as sets: whatever the number of rows, it is two inserts. The rows of one
 * number are one item with its routing. What a rule refuses is told to `problems` with its line.
 */
export async function importItems(
  tx: Transaction,
  deps: Deps,
  rows: readonly Row[],
  problems: ImportProblems,
): Promise<void> {
  const surroundings = await readSurroundings(tx, deps.equipment);
  const centers = Map.groupBy(await deps.equipment.workCenters(tx), ({ name }) => name);
  const made = [...Map.groupBy(rows, ({ value }) => value.number).values()].flatMap((group) => {
    const item = itemOf(group, { centers, itemId: deps.newId() }, problems);
    const [first] = group;
    if (item === null || first === undefined) return [];
    try {
      checkAgainst(item, surroundings);
      return [{ line: first.line, item }];
    } catch (error) {
      problems.addRefusal(first.line, error);
      return [];
    }
  });
  const added = await insertManyItems(
    tx,
    made.map(({ item }) => item),
  );
  for (const { line, item } of made) {
    if (added.has(item.itemId)) continue;
    const reason = `Item number ${item.number} is in use.`;
    problems.add({ line, column: "number", code: "item.number_taken", reason });
  }
}

type Making = { centers: ReadonlyMap<string, WorkCenter[]>; itemId: string };

/** Null when a row does not fit the others or names what is not there. */
function itemOf(group: readonly Row[], making: Making, problems: ImportProblems): Item | null {
  const [first, ...others] = group;
  if (first === undefined) return null;
  const { value } = first;
  let isWhole = true;
  const complain = (line: number, column: string, code: string, reason: string) => {
    problems.add({ line, column, code, reason });
    isWhole = false;
  };
  for (const { line, value: other } of others) {
    const field = itemFields.find((name) => other[name] !== value[name]);
    if (field !== undefined) {
      const reason = `Item ${value.number} has another ${field} in line ${first.line}.`;
      complain(line, field, "import.rows_differ", reason);
    } else if (other.step === undefined) {
      complain(line, "step", "import.cell_missing", "a further row of an item is an operation");
    }
  }
  const operations = group.flatMap((row) => {
    try {
      return operationOf(row.value, making.centers);
    } catch (error) {
      problems.addRefusal(row.line, error, error instanceof CellRefusal ? error.column : null);
      isWhole = false;
      return [];
    }
  });
  const { number, name, kind, uom, description, revision, tracking } = value;
  const { purchasePrice, costLotSize } = value;
  const own = { number, name, kind, uom, description, revision, tracking };
  return isWhole ? { ...own, purchasePrice, costLotSize, itemId: making.itemId, operations } : null;
}

const itemFields = [
  "name",
  "kind",
  "uom",
  "description",
  "revision",
  "tracking",
  "purchasePrice",
  "costLotSize",
] as const;

/** A refusal that knows its cell. */
class CellRefusal extends Refusal {
  readonly column: string;

  constructor(column: string, code: string, message: string) {
    super(code, message, { kind: "invalid" });
    this.column = column;
  }
}

function operationOf(
  row: ItemRowToImport,
  centers: ReadonlyMap<string, WorkCenter[]>,
): RoutingStep[] {
  const { step, operationName, workCenterName, runMsPerUnit, setupMs = 0, transferQuantity } = row;
  const cells = { operationName, workCenterName, runMsPerUnit };
  if (step === undefined) {
    const stray = Object.entries(cells).find(([, cell]) => cell !== undefined);
    if (stray === undefined) return [];
    throw new CellRefusal("step", "import.cell_missing", `There is ${stray[0]}, but no step.`);
  }
  const missing = Object.entries(cells).find(([, cell]) => cell === undefined);
  if (operationName === undefined || workCenterName === undefined || runMsPerUnit === undefined) {
    throw new CellRefusal(missing?.[0] ?? "step", "import.cell_missing", "must not be empty");
  }
  const { workCenterId } = centerOf(centers, workCenterName, row.areaName);
  const more = { alternatives: [], setupFamilyId: null, capabilityIds: [] };
  return [
    { step, name: operationName, workCenterId, runMsPerUnit, setupMs, transferQuantity, ...more },
  ];
}

function centerOf(
  centers: ReadonlyMap<string, WorkCenter[]>,
  name: string,
  areaName: string | undefined,
): WorkCenter {
  const named = (centers.get(name) ?? []).filter(
    (center) => areaName === undefined || center.areaName === areaName,
  );
  const [center, another] = named;
  if (center === undefined) {
    const where = areaName === undefined ? "" : ` in area ${areaName}`;
    const sentence = `There is no work center ${name}${where}.`;
    throw new CellRefusal("workCenterName", "work_center.unknown", sentence);
  }
  if (another !== undefined) {
    const sentence = `There are several work centers ${name}: name the area too.`;
    throw new CellRefusal("areaName", "import.cell_missing", sentence);
  }
  return center;
}
