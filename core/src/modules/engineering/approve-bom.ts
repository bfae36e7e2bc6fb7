import type { Actor } from "@millwright/contracts/events";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { succeed } from "./domain/effectivity.ts";
import { notDraft, unknownBom } from "./save-bom.ts";
import {
  type BomHead,
  endApproved,
  loadApproved,
  loadBomHead,
  lockStructures,
  setApproved,
} from "./store/boms.ts";

/**
 * Lets a draft hold from a day on; the revision that holds on that day ends there.
 * @throws Refusal bom.unknown · bom.not_draft · bom.effectivity_overlaps
 */
export async function approveBom(
  tx: Transaction,
  asked: { bomId: string; from: string },
  by: Actor,
): Promise<BomHead> {
  // Two approvals of one item would each make room without the other.
  await lockStructures(tx);
  const head = await loadBomHead(tx, asked.bomId);
  if (head === null) throw unknownBom(asked.bomId);
  if (head.state !== "draft") throw notDraft(head);
  const approved = (await loadApproved(tx, head.itemId)).flatMap(({ from, ...other }) =>
    from === null ? [] : [{ ...other, from }],
  );
  const { days, ended } = succeed(approved, asked.from);
  if (ended !== null) await endApproved(tx, ended.bomId, ended.to);
  await setApproved(tx, head.bomId, days);
  recordChange(tx, {
    objectType: "bom",
    objectId: head.bomId,
    label: head.revision,
    before: { state: head.state, from: null, to: null },
    after: { state: "approved", ...days },
    by,
  });
  return { ...head, state: "approved", ...days };
}
