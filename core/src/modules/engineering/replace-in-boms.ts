import type { BomInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { toQuantity } from "@millwright/contracts/units";
import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { approveBom } from "./approve-bom.ts";
import { readBom } from "./bom-queries.ts";
import { fractionOf, times, toDecimal } from "./domain/fraction.ts";
import { draftBom } from "./save-bom.ts";

export type AskedReplacement = {
  itemId: string;
  byItemId: string;
  quantityFactor: string;
  from: string;
  isDryRun: boolean;
};

type Replaced = { itemId: string; itemNumber: string; revision: string; newBomId: string | null };

/**
 * Replaces an item by another in every revision that still holds on a day or later, each as a new
 * approved revision from that day. All or none; a dry run saves nothing.
 * @throws Refusal item.unknown · bom.too_many · bom.cycle · bom.effectivity_overlaps · uom.no_conversion
 */
export async function replaceInBoms(
  tx: Transaction,
  asked: AskedReplacement,
  make: { newId: () => string; by: Actor },
): Promise<Replaced[]> {
  const affected = await findAffected(tx, asked);
  if (affected.length > bomsMax) {
    throw new Refusal(
      "bom.too_many",
      `More than ${bomsMax} BOMs use it: replace it in parts, or by an import.`,
    );
  }
  const replaced: Replaced[] = [];
  for (const { bomId, itemId, itemNumber, revision } of affected) {
    const next = nextRevision(revision, asked.from);
    const shown = { itemId, itemNumber, revision: next };
    if (asked.isDryRun) {
      replaced.push({ ...shown, newBomId: null });
      continue;
    }
    const newBomId = make.newId();
    const bom = await replacedBom(tx, bomId, { ...asked, revision: next });
    await draftBom(tx, { bomId: newBomId, itemId, bom }, make.by);
    await approveBom(tx, { bomId: newBomId, from: asked.from }, make.by);
    replaced.push({ ...shown, newBomId });
  }
  return replaced;
}

// Each is a draft, a check and an approval; 500 take about ten seconds in one transaction.
const bomsMax = 500;

type Affected = { bomId: string; itemId: string; itemNumber: string; revision: string };

async function findAffected(tx: Transaction, asked: AskedReplacement): Promise<Affected[]> {
  const { rows: known } = await sql<{ item_id: string }>`
    select item_id from engineering.item where item_id in (${asked.itemId}, ${asked.byItemId})`.execute(
    tx.over(),
  );
  const lost = [asked.itemId, asked.byItemId].find(
    (itemId) => !known.some((row) => row.item_id === itemId),
  );
  if (lost !== undefined) {
    throw new Refusal("item.unknown", `There is no item ${lost}.`, { kind: "absent" });
  }
  const { rows } = await sql<Affected>`
    select b.bom_id as "bomId", b.item_id as "itemId", i.number as "itemNumber", b.revision
      from engineering.bom b
      join engineering.item i on i.item_id = b.item_id
     where b.state = 'approved'
       and b.valid_from <= ${asked.from}
       and (b.valid_to is null or b.valid_to > ${asked.from})
       and exists (select from engineering.bom_line l
                    where l.bom_id = b.bom_id and l.item_id = ${asked.itemId}
                      and (l.valid_to is null or l.valid_to > ${asked.from}))
     order by i.number
     limit ${bomsMax + 1}`.execute(tx.over());
  return rows;
}

async function replacedBom(
  tx: Transaction,
  bomId: string,
  asked: AskedReplacement & { revision: string },
): Promise<BomInput> {
  const { quantity, lines, byProducts, note } = await readBom(tx, bomId);
  const factor = fractionOf(asked.quantityFactor);
  return {
    revision: asked.revision,
    quantity,
    note,
    byProducts,
    lines: lines.map((line) => {
      if (line.itemId !== asked.itemId) return line;
      const scaled = toDecimal(times(fractionOf(line.quantity), factor), quantityDecimals);
      return {
        ...line,
        itemId: asked.byItemId,
        quantity: toQuantity(scaled),
        alternates: line.alternates.filter(({ itemId }) => itemId !== asked.byItemId),
      };
    }),
  };
}

const quantityDecimals = 6;

/** `B` → `B/2026-11-21`: says what it came from and from when, and fits the 20 characters. */
function nextRevision(revision: string, from: string): string {
  const [before = revision] = revision.split("/");
  return `${before.slice(0, 9)}/${from}`;
}
