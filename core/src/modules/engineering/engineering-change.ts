import type { ChangeInput, EngineeringChange } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import {
  type ChangeCommand,
  changeCommandNames,
  changeCommands,
  type ChangeState,
  changeTransitions,
} from "@millwright/contracts/states";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { requireVersion } from "../../platform/http/if-match.ts";
import { approveBom } from "./approve-bom.ts";
import {
  approvedChangeOf,
  insertChange,
  loadChange,
  readChangedBoms,
  readChanges,
  type StoredChange,
  updateChange,
} from "./store/changes.ts";

/** Who commands; `name` stands on the change. */
export type By = { actor: Actor; name: string };

/** @throws Refusal change.boms_unknown · change.item_twice · bom.not_draft · bom.in_change */
export async function draftChange(
  tx: Transaction,
  asked: { changeId: string; input: ChangeInput },
  by: By,
): Promise<EngineeringChange> {
  await checkBoms(tx, asked.input.bomIds);
  await insertChange(tx, { ...asked.input, changeId: asked.changeId, createdBy: by.name });
  const saved = await readChange(tx, asked.changeId);
  record(tx, null, saved, by);
  return saved;
}

/** Edits a draft. @throws Refusal change.unknown · change.not_draft · record.changed_meanwhile */
export async function editChange(
  tx: Transaction,
  asked: { changeId: string; version: number; input: ChangeInput },
  by: By,
): Promise<EngineeringChange> {
  const stored = await load(tx, asked.changeId, { lock: true });
  if (stored.state !== "draft") {
    throw new Refusal(
      "change.not_draft",
      `${stored.number} is ${stored.state}: only a draft can be edited.`,
      { current: stored.state, asked: "draft" },
    );
  }
  requireVersion(stored.version, asked.version);
  await checkBoms(tx, asked.input.bomIds);
  const before = await show(tx, stored);
  await updateChange(tx, { ...stored, ...asked.input });
  const after = await readChange(tx, asked.changeId);
  record(tx, before, after, by);
  return after;
}

/**
 * Moves a change on. Making it effective approves its revisions from its day, or from today when that
 * has passed: nothing that was made before is said to have been made otherwise.
 * @throws Refusal change.unknown · change.transition_refused · bom.effectivity_overlaps
 */
export async function commandChange(
  tx: Transaction,
  asked: { changeId: string; command: ChangeCommand; today: string },
  by: By,
): Promise<EngineeringChange> {
  const stored = await load(tx, asked.changeId, { lock: true });
  const state = changeCommands[asked.command];
  const allowed: readonly ChangeState[] = changeTransitions[stored.state];
  if (!allowed.includes(state)) {
    throw new Refusal(
      "change.transition_refused",
      `${stored.number} is ${stored.state} and cannot become ${state}.`,
      { current: stored.state, asked: state, allowed },
    );
  }
  const before = await show(tx, stored);
  const day = stored.effectiveDay < asked.today ? asked.today : stored.effectiveDay;
  const effectiveDay = state === "effective" ? day : stored.effectiveDay;
  if (state === "approved") await checkBoms(tx, stored.bomIds);
  await updateChange(tx, { ...stored, state, effectiveDay, decidedBy: by.name });
  if (state === "effective") {
    // At most 200, and each moves other revisions of its own item.
    for (const bomId of stored.bomIds) await approveBom(tx, { bomId, from: day }, by.actor);
  }
  const after = await readChange(tx, asked.changeId);
  record(tx, before, after, by);
  return after;
}

/** @throws Refusal change.unknown */
export async function readChange(tx: Transaction, changeId: string): Promise<EngineeringChange> {
  return show(tx, await load(tx, changeId, { lock: false }));
}

export async function readChangePage(
  tx: Transaction,
  options: { state: ChangeState | undefined; before: string | null; limit: number },
): Promise<EngineeringChange[]> {
  const stored = await readChanges(tx, {
    ...options,
    changeId: null,
    limit: options.limit + 1,
  });
  const boms = await readChangedBoms(
    tx,
    stored.flatMap(({ bomIds }) => bomIds),
  );
  return stored.map((change) => shown(change, boms));
}

async function load(
  tx: Transaction,
  changeId: string,
  options: { lock: boolean },
): Promise<StoredChange> {
  const stored = await loadChange(tx, changeId, options);
  if (stored !== null) return stored;
  throw new Refusal("change.unknown", `There is no engineering change ${changeId}.`, {
    kind: "absent",
  });
}

async function checkBoms(tx: Transaction, bomIds: readonly string[]): Promise<void> {
  const boms = await readChangedBoms(tx, bomIds);
  if (boms.length !== new Set(bomIds).size) {
    throw new Refusal("change.boms_unknown", "One of the revisions does not exist.", {
      kind: "invalid",
    });
  }
  const late = boms.find(({ state }) => state !== "draft");
  if (late !== undefined) {
    throw new Refusal(
      "bom.not_draft",
      `Revision ${late.revision} of ${late.itemNumber} is ${late.state}: a change takes drafts.`,
      { current: late.state, asked: "draft" },
    );
  }
  const items = Map.groupBy(boms, ({ itemNumber }) => itemNumber);
  const twice = [...items].find(([, revisions]) => revisions.length > 1);
  if (twice !== undefined) {
    throw new Refusal(
      "change.item_twice",
      `${twice[0]} is there with two revisions: both would begin on the same day.`,
      { kind: "invalid" },
    );
  }
  for (const { bomId, itemNumber, revision } of boms) {
    const other = await approvedChangeOf(tx, bomId);
    if (other === null) continue;
    throw new Refusal(
      "bom.in_change",
      `Revision ${revision} of ${itemNumber} belongs to ${other}, which is approved already.`,
    );
  }
}

async function show(tx: Transaction, change: StoredChange): Promise<EngineeringChange> {
  return shown(change, await readChangedBoms(tx, change.bomIds));
}

function shown(
  { bomIds, createdTime, ...change }: StoredChange,
  known: readonly {
    bomId: string;
    itemId: string;
    itemNumber: string;
    itemName: string;
    revision: string;
  }[],
): EngineeringChange {
  const boms = known
    .filter(({ bomId }) => bomIds.includes(bomId))
    .map(({ bomId, itemId, itemNumber, itemName, revision }) => ({
      bomId,
      itemId,
      itemNumber,
      itemName,
      revision,
    }));
  return {
    ...change,
    createdTime: createdTime.toISOString(),
    boms,
    commands: commandsOf(change.state),
  };
}

function commandsOf(state: ChangeState): EngineeringChange["commands"] {
  const allowed: readonly ChangeState[] = changeTransitions[state];
  return Object.fromEntries(
    changeCommandNames.map((command) => {
      const isAllowed = allowed.includes(changeCommands[command]);
      return [command, { isAllowed, reason: isAllowed ? null : `It is ${state}.` }];
    }),
  );
}

function record(
  tx: Transaction,
  before: EngineeringChange | null,
  after: EngineeringChange,
  { actor }: By,
): void {
  recordChange(tx, {
    objectType: "engineering_change",
    objectId: after.changeId,
    label: after.number,
    before: before === null ? null : asRead(before),
    after: asRead(after),
    by: actor,
  });
}

function asRead({ title, reason, state, effectiveDay, boms }: EngineeringChange) {
  const revisions = boms.map(({ itemNumber, revision }) => `${itemNumber} ${revision}`);
  return { title, reason, state, effectiveDay, boms: revisions.join(", ") };
}
