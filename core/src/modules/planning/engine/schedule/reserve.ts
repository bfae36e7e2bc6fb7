import { calendarOf, endOfWork, lastStartOfWork, type Break, type Calendar } from "./calendar.ts";
import type { Assignment, Machine, Problem } from "./problem.ts";

/** What frozen operations leave of their machine. */
export interface Reserved {
  availableFrom: number;
  /** What it is set up for then; absent: unknown, no setup needed. */
  family: number | undefined;
  calendar: Calendar;
}

/**
 * Frozen operations that follow each other from the start without a gap, or with gaps before
 * `earliest`, when nothing can start yet, are the machine's past: it becomes available behind them. The others are taken out of its calendar, and so is the time that
 * the longest setups to and from them may take: whoever comes before or after, the plan holds.
 */
export function reserve(
  problem: Problem,
  machine: Machine,
  frozen: Assignment[],
  earliest: number,
): Reserved {
  const breaks: Break[] = [...(machine.breaks ?? [])];
  const own = calendarOf(breaks);
  let availableFrom = machine.availableFrom ?? 0;
  let family = machine.setUpFor;
  let isGapless = true;
  for (const { operation, start, end } of frozen.toSorted(
    (a, b) => a.start - b.start || a.end - b.end,
  )) {
    const next = problem.operations[operation]?.family ?? 0;
    const setup = family === undefined ? 0 : (machine.setups?.[family]?.[next] ?? 0);
    isGapless &&= start <= earliest || endOfWork(own, availableFrom, setup) >= start;
    if (isGapless) {
      availableFrom = end;
      family = next;
      continue;
    }
    const before = (machine.setups ?? []).reduce((most, row) => Math.max(most, row[next] ?? 0), 0);
    const behind = (machine.setups?.[next] ?? []).reduce((most, ticks) => Math.max(most, ticks), 0);
    const from = lastStartOfWork(own, start, before);
    const to = endOfWork(own, end, behind);
    // A frozen milestone still keeps others from working across it.
    breaks.push({ from, to: Math.max(to, from + 1), isSolid: true });
  }
  return { availableFrom, family, calendar: calendarOf(breaks) };
}
