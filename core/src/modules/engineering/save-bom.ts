import type { Bom, BomInput } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { sql } from "kysely";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { requireVersion } from "../../platform/http/if-match.ts";
import { readBom } from "./bom-queries.ts";
import { type BomItem, type CheckedBom, checkBom } from "./domain/bom.ts";
import { refuseCycle } from "./refuse-cycle.ts";
import { type BomHead, insertBom, loadBomHead, lockStructures, replaceBom } from "./store/boms.ts";
import { approvedChangeOf } from "./store/changes.ts";
import { readConversions } from "./store/uoms.ts";

/**
 * Drafts a revision of an item.
 * @throws Refusal item.unknown · item.not_made · bom.revision_taken · bom.cycle and what `checkBom` refuses
 */
export async function draftBom(
  tx: Transaction,
  asked: { bomId: string; itemId: string; bom: BomInput },
  by: Actor,
): Promise<Bom> {
  await lockStructures(tx);
  const { product, bom } = await checkDraft(tx, asked.itemId, asked.bom);
  if (!(await insertBom(tx, { ...bom, bomId: asked.bomId, itemId: product.itemId }))) {
    throw revisionTaken(product, bom.revision);
  }
  const saved = await readBom(tx, asked.bomId);
  recordBomChange(tx, { before: null, after: saved }, by);
  return saved;
}

/**
 * Replaces a draft. `version` is the one the caller read.
 * @throws Refusal bom.unknown · bom.not_draft · record.changed_meanwhile and what `draftBom` refuses
 */
export async function changeBom(
  tx: Transaction,
  asked: { bomId: string; version: number; bom: BomInput },
  by: Actor,
): Promise<Bom> {
  await lockStructures(tx);
  const head = await draftAt(tx, asked);
  const before = await readBom(tx, asked.bomId);
  const { product, bom } = await checkDraft(tx, head.itemId, asked.bom);
  if (!(await replaceBom(tx, { ...bom, bomId: asked.bomId, itemId: head.itemId }))) {
    throw revisionTaken(product, bom.revision);
  }
  const after = await readBom(tx, asked.bomId);
  recordBomChange(tx, { before, after }, by);
  return after;
}

/** The draft, locked. @throws Refusal bom.unknown · bom.not_draft · record.changed_meanwhile */
async function draftAt(
  tx: Transaction,
  { bomId, version }: { bomId: string; version: number },
): Promise<BomHead> {
  const head = await loadBomHead(tx, bomId);
  if (head === null) throw unknownBom(bomId);
  if (head.state !== "draft") throw notDraft(head);
  const change = await approvedChangeOf(tx, bomId);
  if (change !== null) {
    throw new Refusal(
      "bom.in_change",
      `Revision ${head.revision} belongs to engineering change ${change}, which is approved: reject that, or draft another revision.`,
      { current: "approved", asked: "draft" },
    );
  }
  requireVersion(head.version, version);
  return head;
}

async function checkDraft(
  tx: Transaction,
  itemId: string,
  asked: BomInput,
): Promise<{ product: BomItem; bom: CheckedBom }> {
  const parts = asked.lines.flatMap((line) => [line, ...line.alternates]);
  const named = [itemId, ...[...parts, ...asked.byProducts].map((part) => part.itemId)];
  const items = await readBomItems(tx, named);
  const product = items.get(itemId);
  if (product === undefined) {
    throw new Refusal("item.unknown", `There is no item ${itemId}.`, { kind: "absent" });
  }
  if (product.kind === "buy") {
    throw new Refusal(
      "item.not_made",
      `${product.number} is bought: make it a make or phantom item before it gets a BOM.`,
    );
  }
  const conversions = await readConversions(tx, named);
  const bom = checkBom(asked, product, { items, conversions });
  await refuseCycle(tx, product, bom);
  return { product, bom };
}

async function readBomItems(
  tx: Transaction,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, BomItem & { kind: string }>> {
  const { rows } = await sql<BomItem & { kind: string }>`
    select item_id as "itemId", number, uom, kind
      from engineering.item
     where item_id = any (${[...new Set(itemIds)]}::uuid[])`.execute(tx.over());
  return new Map(rows.map((row) => [row.itemId, row]));
}

export function unknownBom(bomId: string): Refusal {
  return new Refusal("bom.unknown", `There is no BOM ${bomId}.`, { kind: "absent" });
}

export function notDraft({ revision, state }: BomHead): Refusal {
  return new Refusal(
    "bom.not_draft",
    `Revision ${revision} is ${state} and stays as it is: copy it to a new revision and change that.`,
    { current: state, asked: "draft" },
  );
}

function revisionTaken({ number }: BomItem, revision: string): Refusal {
  return new Refusal("bom.revision_taken", `${number} has a revision ${revision} already.`);
}

/** The trail shows lines as people read them; ids of a thousand lines would say nothing. */
function recordBomChange(
  tx: Transaction,
  { before, after }: { before: Bom | null; after: Bom },
  by: Actor,
): void {
  recordChange(tx, {
    objectType: "bom",
    objectId: after.bomId,
    label: `${after.itemNumber} ${after.revision}`,
    before: before === null ? null : asRead(before),
    after: asRead(after),
    by,
  });
}

function asRead({ revision, state, quantity, note, lines, byProducts }: Bom) {
  const shown = Object.fromEntries(
    lines.map((line) => [
      `line ${line.position}`,
      `${line.itemNumber} ${line.quantity} ${line.uom} +${line.scrapPercent} %`,
    ]),
  );
  const beside = byProducts.map((each) => `${each.itemNumber} ${each.quantity} ${each.uom}`);
  return { revision, state, quantity, note, ...shown, byProducts: beside.join(", ") };
}
