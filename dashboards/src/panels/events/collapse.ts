import type { HistoryEvent } from "@millwright/contracts/api";

import { sumQuantities } from "../../ui/format/quantity.ts";

/** A line of a history: an event, or a run of counts told as one. */
export type EventLine = HistoryEvent & {
  /** Events told by this line. */
  count: number;
};

/**
 * A counting machine writes an event a second, which would bury what a person looks for. Counts of
 * one counter (or reports of one operation) with nothing else between them become one line with their
 * exact sum. `events` and the lines are newest first.
 */
export function collapseCounts(events: readonly HistoryEvent[]): EventLine[] {
  const lines: EventLine[] = [];
  let run = new Map<string, HistoryEvent[]>();
  const endRun = () => {
    for (const counts of run.values()) lines.push(asOne(counts));
    run = new Map();
  };
  for (const event of events) {
    if (!isCount(event)) {
      endRun();
      lines.push({ ...event, count: 1 });
      continue;
    }
    const counter = `${event.type} ${String(event.payload["bindingId"])} ${String(event.payload["step"])}`;
    run.set(counter, [...(run.get(counter) ?? []), event]);
  }
  endRun();
  return lines;
}

function asOne(counts: HistoryEvent[]): EventLine {
  const [newest] = counts;
  const oldest = counts.at(-1);
  if (newest === undefined || oldest === undefined) throw new Error("a run has an event");
  const sum = (name: string) => sumQuantities(counts.map((event) => quantityOf(event, name)));
  const payload = {
    ...newest.payload,
    ...(newest.type === "machine.count_observed"
      ? { from: oldest.payload["from"], delta: sum("delta"), reset: counts.some(isReset) }
      : { good: sum("good"), scrap: sum("scrap") }),
  };
  return { ...newest, payload, count: counts.length };
}

function quantityOf(event: HistoryEvent, name: string): string {
  const value = event.payload[name];
  return typeof value === "string" ? value : "0";
}

function isCount(event: HistoryEvent): boolean {
  return event.type === "machine.count_observed" || event.type === "operation.progress_reported";
}

function isReset(event: HistoryEvent): boolean {
  return event.payload["reset"] === true;
}
