import type { EventKey } from "@millwright/contracts/events";
import type { HistoryEvent } from "@millwright/contracts/api";

/** Event type without its version: `work_order.released`. */
type EventType = EventKey extends `${infer Type}@${number}` ? Type : never;

/** Events that have words of their own: one message each, `event.<type>`. */
export const spokenTypes = [
  "machine.count_observed",
  "machine.count_redistributed",
  "machine.state_observed",
  "machine.state_backfilled",
  "machine.reason_observed",
  "equipment.binding_changed",
  "equipment.edge_node_changed",
  "work_order.drafted",
  "work_order.firmed",
  "work_order.released",
  "work_order.started",
  "work_order.held",
  "work_order.resumed",
  "work_order.completed",
  "work_order.closed",
  "work_order.cancelled",
  "operation.readied",
  "operation.started",
  "operation.paused",
  "operation.resumed",
  "operation.progress_reported",
  "operation.progress_corrected",
  "operation.done",
  "downtime.opened",
  "downtime.closed",
  "downtime.reason_given",
  "stock.moved",
  "stock.refill_asked",
  "lot.status_changed",
  "plan.requested",
  "planned_order.released",
  "record.changed",
  "session.opened",
  "access.changed",
] as const satisfies readonly EventType[];
type SpokenType = (typeof spokenTypes)[number];

/** What the words of an event may name; a message uses what its event has. */
export type EventValues = Record<
  | "type"
  | "number"
  | "step"
  | "quantity"
  | "good"
  | "scrap"
  | "delta"
  | "from"
  | "to"
  | "sum"
  | "reason"
  | "code"
  | "state"
  | "cause"
  | "role"
  | "reset"
  | "edgeNodeId"
  | "points"
  | "length"
  | "moves"
  | "fromStatus"
  | "toStatus"
  | "label"
  | "fields",
  string
>;

/** Turns the codes inside a payload into the reader's language. */
export type EventVoice = {
  quantity: (quantity: string) => string;
  machineState: (state: string) => string;
  cause: (cause: string) => string;
  role: (role: string) => string;
  duration: (ms: number) => string;
  siteTime: (instant: string) => string;
};

/**
 * An event in human words: which message, and with what in it. An event this version of the screens
 * does not know yet is named by its type, not hidden.
 */
export function eventWords(
  event: Pick<HistoryEvent, "type" | "payload">,
  voice: EventVoice,
): { message: `event.${SpokenType}` | "event.unknown"; values: EventValues } {
  const spoken = spokenTypes.find((type) => type === event.type);
  return {
    message: spoken === undefined ? "event.unknown" : `event.${spoken}`,
    values: valuesOf(event, voice),
  };
}

function valuesOf(event: Pick<HistoryEvent, "type" | "payload">, voice: EventVoice): EventValues {
  const { payload } = event;
  const text = (name: string) => {
    const value = payload[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  const quantity = (name: string) => voice.quantity(text(name) || "0");
  // Counters tell their readings, time spans their ends; both are called from and to.
  const isSpan = event.type === "machine.state_backfilled";
  const end = (name: string) => (isSpan ? voice.siteTime(text(name)) : quantity(name));
  return {
    type: event.type,
    number: text("number"),
    step: text("step"),
    quantity: quantity("quantity"),
    good: quantity("good"),
    scrap: quantity("scrap"),
    delta: quantity("delta"),
    sum: quantity("sum"),
    from: end("from"),
    to: end("to"),
    reason: text("reason") || "none",
    code: text("code") || "none",
    state: voice.machineState(text("state")),
    cause: voice.cause(text("cause")),
    role: voice.role(text("role")),
    reset: payload["reset"] === true ? "yes" : "no",
    edgeNodeId: text("edgeNodeId"),
    points: countOf(payload["points"]),
    moves: countOf(payload["moves"]),
    fromStatus: text("from"),
    toStatus: text("to"),
    label: text("label"),
    fields: fieldsOf(payload["changes"]),
    length: voice.duration(Date.parse(text("sourceTo")) - Date.parse(text("sourceFrom")) || 0),
  };
}

function countOf(list: unknown): string {
  return String(Array.isArray(list) ? list.length : 0);
}

function fieldsOf(changes: unknown): string {
  if (!Array.isArray(changes)) return "";
  return changes.map((change: { field?: unknown }) => String(change.field)).join(", ");
}
