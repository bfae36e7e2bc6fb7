import type { CycleCount, MoveToPost } from "@millwright/contracts/api";
import { type CountCommand, type CountState, countTransitions } from "@millwright/contracts/states";
import { Decimal, type Quantity, toQuantity } from "@millwright/contracts/units";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { checkQuantity, unknown } from "./domain/posting.ts";
import { itemsKept } from "./keep-item.ts";
import { nameLots } from "./name-lots.ts";
import { type By, type PostingDeps, postMoves } from "./post-moves.ts";
import {
  insertCount,
  lockCount,
  readBin,
  readCounts,
  replaceCountLines,
  saveCountState,
  type StoredCount,
} from "./store/counts.ts";
import { nextNumber } from "./store/document-numbers.ts";
import { loadLocations } from "./store/locations.ts";
import { ensureVirtual } from "./store/places.ts";

/** Who counts, as the count remembers it. */
export type Counter = By & { name: string };

export type CountedLine = { itemId: string; lotNumber: string | null; quantity: Quantity };

/**
 * Opens the count of a bin.
 * @throws Refusal location.unknown · location.not_a_bin · count.bin_in_count
 */
export async function openCount(
  tx: Transaction,
  deps: Pick<PostingDeps, "newId">,
  locationId: string,
  by: By,
): Promise<CycleCount> {
  const location = (await loadLocations(tx, [locationId])).get(locationId);
  if (location === undefined) throw unknown("location", locationId);
  if (location.kind !== "bin") {
    throw new Refusal(
      "location.not_a_bin",
      `${location.code} is ${location.kind}: bins are counted, one by one.`,
      { kind: "invalid" },
    );
  }
  const countId = deps.newId();
  const number = await nextNumber(tx, "cycle_count");
  if (!(await insertCount(tx, { countId, number, locationId }))) {
    throw new Refusal(
      "count.bin_in_count",
      `${location.code} is being counted already: finish or cancel that count first.`,
    );
  }
  return saved(tx, countId, null, by);
}

/**
 * Takes in what somebody found in the bin. Whatever is not listed is not there. Beside it goes what the
 * books say at this moment, so that moves between counting and posting are nobody's difference. Who has
 * reported may report again until the differences are posted; nobody else may.
 * @throws Refusal count.unknown · count.transition_refused · count.other_counter · count.line_twice ·
 *   lot.unknown · lot.foreign · lot.needed · quantity.too_precise
 */
export async function reportCount(
  tx: Transaction,
  deps: PostingDeps,
  asked: { countId: string; lines: readonly CountedLine[] },
  by: Counter,
): Promise<CycleCount> {
  const count = await lock(tx, asked.countId);
  if (count.state !== "counted") checkCount(count, "counted");
  if (count.counterId !== null && count.counterId !== by.actor.id) {
    throw new Refusal(
      "count.other_counter",
      `${count.countedBy ?? "Somebody else"} counts ${count.locationCode}: ask for a recount to count it yourself.`,
      { current: count.countedBy ?? "" },
    );
  }
  const found = await nameFound(tx, deps, count, asked.lines);
  await replaceCountLines(tx, count.countId, await besideBooks(tx, count, found));
  await saveCountState(tx, {
    countId: count.countId,
    state: "counted",
    counter: { id: by.actor.id, name: by.name },
    countedTime: by.now,
  });
  return saved(tx, count.countId, count.state, by);
}

/**
 * `post` books every difference as an adjustment, on whatever lies there now; `recount` forgets who
 * counted and what.
 * @throws Refusal count.unknown · count.transition_refused and those of `postMoves`
 */
export async function commandCount(
  tx: Transaction,
  deps: PostingDeps,
  asked: { countId: string; command: CountCommand },
  by: By,
): Promise<CycleCount> {
  const count = await lock(tx, asked.countId);
  const state = ({ post: "posted", recount: "open", cancel: "cancelled" } as const)[asked.command];
  checkCount(count, state);
  if (state === "posted") await postDifferences(tx, deps, count, by);
  if (state === "open") await replaceCountLines(tx, count.countId, []);
  const isForgotten = state === "open" || count.counterId === null;
  await saveCountState(tx, {
    countId: count.countId,
    state,
    counter: isForgotten ? null : { id: count.counterId ?? "", name: count.countedBy ?? "" },
    countedTime: isForgotten ? null : count.countedTime,
  });
  return saved(tx, count.countId, count.state, by);
}

export async function readCountPage(
  tx: Transaction,
  asked: { state: CountState | undefined; before: string | null; limit: number },
): Promise<CycleCount[]> {
  const page = { ...asked, countId: null, limit: asked.limit + 1 };
  return (await readCounts(tx, page)).map(shown);
}

/** @throws Refusal count.unknown */
export async function readCount(tx: Transaction, countId: string): Promise<CycleCount> {
  const [count] = await readCounts(tx, { countId, state: undefined, before: null, limit: 1 });
  if (count === undefined) throw unknownCount(countId);
  return shown(count);
}

type Found = { itemId: string; lotId: string | null; counted: string };

async function nameFound(
  tx: Transaction,
  deps: PostingDeps,
  count: StoredCount,
  lines: readonly CountedLine[],
): Promise<Found[]> {
  const items = await itemsKept(tx, deps.engineering, new Set(lines.map(({ itemId }) => itemId)));
  const adjustment = await ensureVirtual(tx, "adjustment", deps.newId);
  const seen = new Set<string>();
  for (const { itemId, lotNumber, quantity } of lines) {
    const item = items.get(itemId);
    if (item === undefined) throw unknown("item", itemId);
    // A bin may hold none of what the books say.
    if (!new Decimal(quantity).isZero()) checkQuantity(quantity, item);
    if (item.tracking !== "none" && lotNumber === null) {
      throw invalid("lot.needed", `${item.number} is kept by ${item.tracking}: scan its label.`);
    }
    const key = `${itemId}/${lotNumber ?? ""}`;
    if (seen.has(key)) {
      throw invalid(
        "count.line_twice",
        `${item.number} ${lotNumber ?? ""} was reported twice: add the quantities.`,
      );
    }
    seen.add(key);
  }
  const moves = lines.map((line) =>
    moveOf(deps, line, { from: adjustment.locationId, to: count.locationId, count }),
  );
  const locations = await loadLocations(tx, [adjustment.locationId, count.locationId]);
  // A label that the books do not know was found all the same: it comes in by adjustment.
  const lotIds = await nameLots(tx, deps, moves, { items, locations });
  return lines.map(({ itemId, quantity }, index) => ({
    itemId,
    lotId: lotIds[index] ?? null,
    counted: quantity,
  }));
}

/** Every line that was found or that the books know, with both numbers. */
async function besideBooks(tx: Transaction, count: StoredCount, found: readonly Found[]) {
  const books = await readBin(tx, count.locationId);
  const expected = new Map(books.map((line) => [keyOf(line), line.quantity]));
  const listed = new Set(found.map(keyOf));
  const absent = books.filter((line) => !listed.has(keyOf(line)));
  return [
    ...found.map((line) => ({ ...line, expected: expected.get(keyOf(line)) ?? "0" })),
    ...absent.map(({ itemId, lotId, quantity }) => ({
      itemId,
      lotId,
      counted: "0",
      expected: quantity,
    })),
  ];
}

function keyOf({ itemId, lotId }: { itemId: string; lotId: string | null }): string {
  return `${itemId}/${lotId ?? ""}`;
}

async function postDifferences(
  tx: Transaction,
  deps: PostingDeps,
  count: StoredCount,
  by: By,
): Promise<void> {
  const adjustment = await ensureVirtual(tx, "adjustment", deps.newId);
  const moves = count.lines.flatMap(({ itemId, lotNumber, counted, expected }) => {
    const difference = new Decimal(counted).minus(expected);
    if (difference.isZero()) return [];
    const [from, to] = difference.isPositive()
      ? [adjustment.locationId, count.locationId]
      : [count.locationId, adjustment.locationId];
    const line = { itemId, lotNumber, quantity: toQuantity(difference.abs()) };
    return [moveOf(deps, line, { from, to, count })];
  });
  if (moves.length > 0) await postMoves(tx, deps, moves, by);
}

function moveOf(
  { newId }: Pick<PostingDeps, "newId">,
  { itemId, lotNumber, quantity }: CountedLine,
  { from, to, count }: { from: string; to: string; count: StoredCount },
): MoveToPost {
  return {
    moveId: newId(),
    itemId,
    quantity,
    fromLocationId: from,
    toLocationId: to,
    lotNumber,
    lotExpiresTime: null,
    // Nobody knows where a found lot comes from: quality looks at it first.
    lotStatus: "quarantine",
    reservationId: null,
    reason: `Count ${count.number}`,
    reference: `cycle_count:${count.countId}`,
  };
}

async function lock(tx: Transaction, countId: string): Promise<StoredCount> {
  const count = await lockCount(tx, countId);
  if (count === null) throw unknownCount(countId);
  return count;
}

function checkCount({ number, state }: StoredCount, asked: CountState): void {
  const allowed: readonly CountState[] = countTransitions[state];
  if (allowed.includes(asked)) return;
  throw new Refusal(
    "count.transition_refused",
    `Count ${number} is ${state} and cannot become ${asked}.`,
    { current: state, asked, allowed },
  );
}

async function saved(
  tx: Transaction,
  countId: string,
  before: CountState | null,
  by: By,
): Promise<CycleCount> {
  const after = await readCount(tx, countId);
  recordChange(tx, {
    objectType: "cycle_count",
    objectId: countId,
    label: after.number,
    before: before === null ? null : { state: before },
    after: { state: after.state },
    by: by.actor,
  });
  return after;
}

function shown({ counterId, lines, ...count }: StoredCount): CycleCount {
  const allowed: readonly CountState[] = countTransitions[count.state];
  const states = {
    report: "counted",
    post: "posted",
    recount: "open",
    cancel: "cancelled",
  } as const;
  const commands = Object.entries(states).map(([command, state]) => {
    const isAllowed = allowed.includes(state) || (counterId !== null && state === count.state);
    return [command, { isAllowed, reason: isAllowed ? null : `It is ${count.state}.` }];
  });
  return {
    ...count,
    createdTime: count.createdTime.toISOString(),
    countedTime: count.countedTime?.toISOString() ?? null,
    commands: Object.fromEntries(commands),
    lines: lines.map(({ counted, expected, ...line }) => ({
      ...line,
      counted: toQuantity(counted),
      expected: toQuantity(expected),
      difference: toQuantity(new Decimal(counted).minus(expected)),
    })),
  };
}

function unknownCount(countId: string): Refusal {
  return new Refusal("count.unknown", `There is no count ${countId}.`, { kind: "absent" });
}

function invalid(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
