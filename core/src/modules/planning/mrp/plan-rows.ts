import type { PlanFinding } from "@millwright/contracts/api";

import { dayOf } from "../days.ts";
import type { MrpRecords } from "../engine/mrp/compose-input.ts";
import type { Finding } from "../engine/mrp/finding.ts";
import { supplyKinds } from "../engine/mrp/input.ts";
import { orderMessages, receiptMessages } from "../engine/mrp/messages.ts";
import type { Need, OrderRef } from "../engine/mrp/need.ts";
import { type Peg, pegsOfPoint } from "../engine/mrp/pegging.ts";
import type { MrpPlan } from "../engine/mrp/plan.ts";
import { orderAt, ordersOf } from "../engine/mrp/planned-orders.ts";
import { decimalFromScaled } from "../engine/mrp/quantity.ts";
import type { Need as AskedFor, Receipt } from "./open-orders.ts";
import { pointId, type StockingPoint } from "./stocking-points.ts";

/** What a planning run is given: the engine's records, and what their rows stand for. */
export type MrpTask = {
  startDay: string;
  records: MrpRecords;
  /** By row of `records.points`; `name` is for people. */
  points: readonly (StockingPoint & { name: string })[];
  /** By row of `records.demands`. */
  needReferences: readonly AskedFor["reference"][];
  /** By row of `records.receipts`. */
  receiptReferences: readonly Receipt["reference"][];
};

/** What a row is about: an item, at a site that plans it by itself, or anywhere. */
type Place = { itemId: string; siteId: string | null };

export type OrderRow = Place & {
  orderNumber: number;
  fromSiteId: string | null;
  kind: string;
  quantity: string;
  startDay: string;
  dueDay: string;
  lateDays: number;
};

export type PegRow = Place & {
  insteadOfItemId: string | null;
  quantity: string;
  supplyKind: "order" | "by_product" | "on_hand" | Receipt["reference"]["kind"];
  supplyOrder: number | null;
  supplyReference: string | null;
  supplyDay: string | null;
  needKind: "order" | "safety_stock" | AskedFor["reference"]["kind"];
  needOrder: number | null;
  needReference: string | null;
  needLabel: string;
  needDay: string;
};

export type MessageRow = Place & {
  insteadOfItemId: string | null;
  messageNumber: number;
  action: string;
  orderNumber: number | null;
  workOrderId: string | null;
  purchaseProposalId: string | null;
  transferId: string | null;
  fromDay: string | null;
  toDay: string | null;
  toQuantity: string | null;
};

export type Rows = { orders: OrderRow[]; pegs: PegRow[]; messages: MessageRow[] };

export type MrpResult = Rows & {
  /** Of all items: what a net change goes on from. */
  items: PlannedItem[];
  decimals: number;
  findings: PlanFinding[];
  findingCount: number;
  summary: Record<string, number>;
};

/** `level` is the low-level code; `points` and `needs` count what was planned for the item. */
export type PlannedItem = { itemId: string; level: number; points: number; needs: number };

/** The items of a plan; its points name them. */
export function plannedItems(task: MrpTask, { structure }: MrpPlan): PlannedItem[] {
  const items = new Map<string, PlannedItem>();
  const itemOf = new Map<string, PlannedItem>();
  for (const [point, place] of task.points.entries()) {
    const { itemId } = place;
    const item = items.get(itemId) ?? { itemId, level: 0, points: 0, needs: 0 };
    items.set(itemId, item);
    itemOf.set(pointId(place), item);
    item.level = Math.max(item.level, structure.level[point] ?? 0);
    item.points += 1;
  }
  for (const { point } of task.records.demands ?? []) {
    const item = itemOf.get(point);
    if (item !== undefined) item.needs += 1;
  }
  return [...items.values()];
}

/** More is refused: a plan that nobody can read, and a transaction of minutes. */
const pegsMax = 1_000_000;
const horizonDays = 7;

/** Collects the rows of points, in the order in which they are added; messages are numbered from 1. */
export class PlanRows {
  readonly made: Rows = { orders: [], pegs: [], messages: [] };
  readonly #task: MrpTask;
  readonly #plan: MrpPlan;
  readonly #number: (order: OrderRef) => number;

  constructor(task: MrpTask, plan: MrpPlan, numberOf: (order: OrderRef) => number) {
    this.#task = task;
    this.#plan = plan;
    this.#number = numberOf;
  }

  add(point: number): void {
    const pegs = pegsOfPoint(this.#plan, point);
    if (this.made.pegs.length + pegs.length > pegsMax) {
      throw new RangeError(
        `The plan has more than ${pegsMax} pegs. Shorten its horizon or put needs together with lot rules.`,
      );
    }
    const late = this.#lateDays(pegs);
    for (const [ordinal, { start, due, quantity }] of ordersOf(this.#plan, point).entries()) {
      this.made.orders.push({
        orderNumber: this.#number({ point, ordinal }),
        ...this.#place(point),
        fromSiteId: this.#task.points[point]?.fromSiteId ?? null,
        kind: supplyKinds[this.#plan.input.points.kind[point] ?? 0] ?? "buy",
        quantity: this.#quantity(quantity),
        startDay: this.#day(start),
        dueDay: this.#day(due),
        // What should have started days ago comes by as many days later, whatever its due day says.
        lateDays: Math.max(late.get(ordinal) ?? 0, -start),
      });
    }
    for (const peg of pegs) this.made.pegs.push(this.#pegRow(peg));
    this.#addMessages(point);
  }

  #lateDays(pegs: readonly Peg[]): Map<number, number> {
    const late = new Map<number, number>();
    for (const { supply, need, needDay } of pegs) {
      if (supply.kind !== "order" || need.kind === "safety_stock") continue;
      const { ordinal } = supply.order;
      const { due } = orderAt(this.#plan, supply.order);
      late.set(ordinal, Math.max(late.get(ordinal) ?? 0, due - needDay));
    }
    return late;
  }

  #pegRow({ point, supply, need, needDay, quantity, insteadOf }: Peg): PegRow {
    const main = insteadOf === undefined ? null : this.#place(insteadOf.point).itemId;
    const base = {
      ...this.#place(point),
      quantity: this.#quantity(quantity),
      insteadOfItemId: main,
    };
    return { ...base, ...this.#supply(supply), ...this.#need(need), needDay: this.#day(needDay) };
  }

  #supply(supply: Peg["supply"]) {
    const none = { supplyOrder: null, supplyReference: null, supplyDay: null };
    if (supply.kind === "order" || supply.kind === "by_product") {
      const { due } = orderAt(this.#plan, supply.order);
      const supplyOrder = this.#number(supply.order);
      return { ...none, supplyKind: supply.kind, supplyOrder, supplyDay: this.#day(due) };
    }
    const reference = this.#task.receiptReferences[supply.row];
    if (supply.kind === "on_hand" || reference === undefined) {
      return { ...none, supplyKind: "on_hand" as const };
    }
    const supplyDay = this.#day(this.#plan.input.receipts.day[supply.row] ?? 0);
    return { ...none, supplyKind: reference.kind, supplyReference: reference.id, supplyDay };
  }

  #need(need: Peg["need"]) {
    const none = { needOrder: null, needReference: null, needLabel: "" };
    if (need.kind === "order") {
      return { ...none, needKind: need.kind, needOrder: this.#number(need.order) };
    }
    if (need.kind === "safety_stock") return { ...none, needKind: need.kind };
    const reference = this.#task.needReferences[need.row];
    return {
      ...none,
      needKind: reference?.kind ?? ("demand" as const),
      needReference: reference?.id ?? null,
      needLabel: reference?.label ?? "",
    };
  }

  #addMessages(point: number): void {
    const none = { fromDay: null, toDay: null, toQuantity: null, insteadOfItemId: null };
    const nothing = { workOrderId: null, purchaseProposalId: null, transferId: null };
    const about = { ...this.#place(point), ...nothing, orderNumber: null };
    const add = (row: Omit<MessageRow, "messageNumber">) =>
      this.made.messages.push({ messageNumber: this.made.messages.length + 1, ...row });
    for (const message of receiptMessages(this.#plan, point)) {
      if (!("receipt" in message)) continue;
      const reference = this.#task.receiptReferences[message.receipt];
      if (reference === undefined || reference.isFixed) continue;
      add({
        ...none,
        ...about,
        action: message.action,
        [idColumns[reference.kind]]: reference.id,
        ...("fromDay" in message && { fromDay: this.#day(message.fromDay) }),
        ...("toDay" in message && { toDay: this.#day(message.toDay) }),
        ...("toQuantity" in message && { toQuantity: this.#quantity(message.toQuantity) }),
      });
    }
    for (const { alternate, need, quantity } of this.#substitutes(point)) {
      add({
        ...none,
        ...about,
        ...this.#place(alternate),
        ...this.#asking(need),
        action: "substitute",
        insteadOfItemId: this.#place(point).itemId,
        toQuantity: this.#quantity(quantity),
      });
    }
    for (const message of orderMessages(this.#plan, point, horizonDays)) {
      if (!("order" in message)) continue;
      add({
        ...none,
        ...about,
        action: message.action,
        orderNumber: this.#number(message.order),
      });
    }
  }

  /** What is taken instead of a point, once per need and alternate. */
  #substitutes(point: number) {
    return (this.#plan.takings.get(point) ?? []).map(({ alternate, need, lots }) => ({
      alternate,
      need,
      quantity: lots.reduce((sum, lot) => sum + lot.quantity, 0),
    }));
  }

  /** The order that a need is of: a planned one, or an open work order. */
  #asking(need: Need): Partial<MessageRow> {
    if (need.kind === "order") return { orderNumber: this.#number(need.order) };
    return { workOrderId: this.#task.needReferences[need.row]?.id ?? null };
  }

  #place(point: number): Place {
    const { itemId = "", siteId = null } = this.#task.points[point] ?? {};
    return { itemId, siteId };
  }

  #quantity(scaled: number): string {
    return decimalFromScaled(scaled, this.#task.records.decimals);
  }

  #day(number: number): string {
    return dayOf(number, this.#task.startDay);
  }
}

const idColumns = {
  work_order: "workOrderId",
  purchase_proposal: "purchaseProposalId",
  transfer: "transferId",
} as const;

/** A finding for people: its culprits by name. */
export function shownFinding(
  { code, points: rows, message }: Finding,
  { points }: MrpTask,
): PlanFinding {
  const culprits = rows.slice(0, 20).map((row) => points[row]?.name ?? `row ${row}`);
  return { code, culprits, message };
}
