import type { PlanFinding } from "@millwright/contracts/api";

import type { ThreadTask } from "../../../platform/threads/run-in-thread.ts";
import { composeInput, type MrpRecords } from "../engine/mrp/compose-input.ts";
import type { Finding } from "../engine/mrp/finding.ts";
import { supplyKinds } from "../engine/mrp/input.ts";
import { orderMessages, receiptMessages } from "../engine/mrp/messages.ts";
import type { Need } from "../engine/mrp/needs.ts";
import { type Peg, pegsOfPoint } from "../engine/mrp/pegging.ts";
import { findingsOf, type MrpPlan, type OrderRef } from "../engine/mrp/plan.ts";
import { orderAt, orderCountOf, ordersOf } from "../engine/mrp/planned-orders.ts";
import { decimalFromScaled } from "../engine/mrp/quantity.ts";
import { plannedPoints } from "../engine/mrp/alternates.ts";
import { runMrp } from "../engine/mrp/run.ts";
import { dayOf } from "../days.ts";
import { helpMrp } from "./help-mrp.ts";
import type { Need as AskedFor, Receipt } from "./open-orders.ts";
import type { StockingPoint } from "./stocking-points.ts";

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

export type MrpResult = {
  orders: OrderRow[];
  pegs: PegRow[];
  messages: MessageRow[];
  findings: PlanFinding[];
  findingCount: number;
  summary: Record<string, number>;
};

/** Plans, then derives all pegs and messages: what is stored must answer without the plan in memory. */
export const run: ThreadTask<MrpTask, MrpResult> = (task, tell) => {
  const { input, findings: composing } = composeInput(task.records);
  const started = performance.now();
  const plan = runMrp(input, {
    onProgress: (done, total) => tell(done, total, "netting"),
    ...(input.points.count >= pointsForHelp && { crew: helpMrp }),
  });
  const computeMs = performance.now() - started;
  const rows = new Rows(task, plan);
  for (const [at, point] of rows.points.entries()) {
    if (at % 1_000 === 0) tell(at, rows.points.length, "pegging");
    rows.add(point);
  }
  const findings = [...composing, ...findingsOf(plan)];
  return {
    ...rows.made,
    findings: findings.slice(0, findingsMax).map((finding) => shown(finding, task)),
    findingCount: findings.length,
    summary: {
      items: input.points.count,
      demands: task.needReferences.length,
      orders: rows.made.orders.length,
      makeOrders: rows.made.orders.filter(({ kind }) => kind === "make").length,
      buyOrders: rows.made.orders.filter(({ kind }) => kind === "buy").length,
      transferOrders: rows.made.orders.filter(({ kind }) => kind === "transfer").length,
      lateOrders: rows.made.orders.filter(({ lateDays }) => lateDays > 0).length,
      messages: rows.made.messages.length,
      computeMs: Math.round(computeMs),
    },
  };
};

// Below it is done before a thread has started.
const pointsForHelp = 100_000;
const findingsMax = 200;
/** More is refused: a plan that nobody can read, and a transaction of minutes. */
export const pegsMax = 1_000_000;
const horizonDays = 7;

/** Collects the rows of a plan, point by point in planning sequence. */
class Rows {
  readonly made: Pick<MrpResult, "orders" | "pegs" | "messages"> = {
    orders: [],
    pegs: [],
    messages: [],
  };
  /** In order of planning. */
  readonly points: readonly number[];
  readonly #task: MrpTask;
  readonly #plan: MrpPlan;
  /** Number of the first order of a point, minus its ordinal 0. */
  readonly #firstNumber: Int32Array;

  constructor(task: MrpTask, plan: MrpPlan) {
    this.#task = task;
    this.#plan = plan;
    this.points = plannedPoints(plan.structure);
    this.#firstNumber = new Int32Array(plan.input.points.count);
    let next = 1;
    for (const point of this.points) {
      this.#firstNumber[point] = next;
      next += orderCountOf(plan, point);
    }
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

  #number({ point, ordinal }: OrderRef): number {
    return (this.#firstNumber[point] ?? 0) + ordinal;
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

function shown({ code, points: rows, message }: Finding, { points }: MrpTask): PlanFinding {
  const culprits = rows.slice(0, 20).map((row) => points[row]?.name ?? `row ${row}`);
  return { code, culprits, message };
}
