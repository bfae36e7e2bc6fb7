import type { BomInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import type { TellProgress } from "../../platform/tables/import-progress.ts";
import type { ImportProblems } from "../../platform/tables/import-report.ts";
import type { FileRow } from "../../platform/tables/read-rows.ts";
import { approveBom } from "./approve-bom.ts";
import type { BomLineToImport } from "./bom-lines-table.ts";
import { checkBom } from "./domain/bom.ts";
import { one } from "./domain/fraction.ts";
import { buildStructure } from "./domain/structure.ts";
import { lockStructures } from "./store/boms.ts";
import {
  type BomToInsert,
  insertManyBoms,
  itemsWithApproved,
  readAllEdges,
  readItemsByNumber,
} from "./store/many-boms.ts";
import { readConversions } from "./store/uoms.ts";

type Row = FileRow<BomLineToImport>;
type Made = { line: number; product: string; bom: BomToInsert; from: string | null };

/**
 * Makes the revisions of a file as sets: 100,000 lines are a dozen statements. The rows of one product
 * and revision are one BOM; a cycle through any of them is refused once, by name.
 */
export async function importBomLines(
  tx: Transaction,
  { newId, by }: { newId: () => string; by: Actor },
  rows: readonly Row[],
  { problems, tell }: { problems: ImportProblems; tell: TellProgress },
): Promise<void> {
  await lockStructures(tx);
  const numbers = new Set(rows.flatMap(({ value }) => [value.productNumber, value.itemNumber]));
  const known = await readItemsByNumber(tx, [...numbers]);
  const items = new Map([...known.values()].map((item) => [item.itemId, item]));
  const conversions = await readConversions(tx, [...items.keys()]);
  const groups = Map.groupBy(rows, ({ value }) => `${value.productNumber}\n${value.revision}`);
  const made = [...groups.values()].flatMap((group): Made[] => {
    const [first] = group;
    if (first === undefined) return [];
    const { productNumber, effectiveFrom } = first.value;
    const product = known.get(productNumber);
    if (product === undefined) {
      problems.add(unknownItem(first.line, "productNumber", productNumber));
      return [];
    }
    const input = inputOf(group, known, problems);
    if (input === null) return [];
    try {
      refuseBought(product);
      const bom = checkBom(input, product, { items, conversions });
      const from = effectiveFrom ?? null;
      const { itemId } = product;
      return [
        {
          line: first.line,
          product: productNumber,
          from,
          bom: { ...bom, bomId: newId(), itemId, from: null },
        },
      ];
    } catch (error) {
      problems.addRefusal(first.line, error);
      return [];
    }
  });
  if (!(await isAcyclic(tx, made, items, problems))) return;
  await save(tx, made, by, { problems, tell });
}

/** Those of an item without an approved revision begin at once; the others take their turn one by one. */
async function save(
  tx: Transaction,
  made: readonly Made[],
  by: Actor,
  { problems, tell }: { problems: ImportProblems; tell: TellProgress },
): Promise<void> {
  const approved = await itemsWithApproved(
    tx,
    made.map(({ bom }) => bom.itemId),
  );
  const firstOfItem = new Map<string, string>();
  const isFree = ({ bom, from }: Made) => {
    if (from === null || approved.has(bom.itemId)) return false;
    const first = firstOfItem.get(bom.itemId) ?? bom.bomId;
    firstOfItem.set(bom.itemId, first);
    return first === bom.bomId;
  };
  const planned = made.map((each) => ({ ...each, isAtOnce: isFree(each) }));
  const added = await insertManyBoms(
    tx,
    planned.map(({ bom, from, isAtOnce }) => ({ ...bom, from: isAtOnce ? from : null })),
    (done, total) => tell({ phase: "store", done, total }),
  );
  for (const { line, product, bom, from, isAtOnce } of planned) {
    if (!added.has(bom.bomId)) {
      const reason = `${product} has a revision ${bom.revision} already.`;
      problems.add({ line, column: "revision", code: "bom.revision_taken", reason });
      continue;
    }
    if (from === null || isAtOnce) continue;
    try {
      await approveBom(tx, { bomId: bom.bomId, from }, by);
    } catch (error) {
      problems.addRefusal(line, error, "effectiveFrom");
    }
  }
  recordChange(tx, {
    objectType: "bom",
    objectId: "import",
    label: "Import",
    before: null,
    after: {
      revisions: added.size,
      lines: made.reduce((sum, { bom }) => sum + bom.lines.length, 0),
    },
    by,
  });
}

function inputOf(
  group: readonly Row[],
  known: ReadonlyMap<string, { itemId: string }>,
  problems: ImportProblems,
): BomInput | null {
  const [first] = group;
  if (first === undefined) return null;
  let isWhole = true;
  const lines = group.flatMap(({ line, value }): BomInput["lines"] => {
    const component = known.get(value.itemNumber);
    if (component === undefined) {
      problems.add(unknownItem(line, "itemNumber", value.itemNumber));
      isWhole = false;
      return [];
    }
    const { position, quantity, uom, scrapPercent, consumption, note } = value;
    const own = { position, quantity, uom, scrapPercent, consumption, note };
    const { itemId } = component;
    return [{ ...own, itemId, step: value.step ?? null, from: null, to: null, alternates: [] }];
  });
  if (!isWhole) return null;
  return { revision: first.value.revision, quantity: wholeUnit, lines, byProducts: [], note: "" };
}

const wholeUnit = "1" as BomInput["quantity"];

/** One look at everything: the file may close a cycle with itself and with what is there. */
async function isAcyclic(
  tx: Transaction,
  made: readonly Made[],
  items: ReadonlyMap<string, { number: string }>,
  problems: ImportProblems,
): Promise<boolean> {
  const own = made.flatMap(({ bom }) =>
    bom.lines.map(({ itemId }) => ({ product: bom.itemId, component: itemId, per: one })),
  );
  const stored = (await readAllEdges(tx)).map((edge) => ({ ...edge, per: one }));
  const { cycle } = buildStructure([...own, ...stored]);
  if (cycle === null) return true;
  const way = cycle.map((itemId) => items.get(itemId)?.number ?? itemId).join(" → ");
  const line = made.find(({ bom }) => cycle.includes(bom.itemId))?.line ?? 1;
  const reason = `Items would be parts of themselves: ${way}.`;
  problems.add({ line, column: "itemNumber", code: "bom.cycle", reason });
  return false;
}

function refuseBought({ number, kind }: { number: string; kind: string }): void {
  if (kind !== "buy") return;
  throw new Refusal(
    "item.not_made",
    `${number} is bought: make it a make or phantom item before it gets a BOM.`,
  );
}

function unknownItem(line: number, column: string, number: string) {
  return { line, column, code: "item.unknown", reason: `There is no item ${number}.` };
}
