import type { ModbusMetric, Table } from "./device-schema.ts";
import { widthOf } from "./register-value.ts";

/** One request: `count` registers (or bits) from `address` on, and the metrics that lie in them. */
export type Span = { table: Table; address: number; count: number; metrics: ModbusMetric[] };

/** Modbus Application Protocol 1.1b3, 6.1-6.4: the most that one answer can hold. */
const spanMax: Record<Table, number> = { holding: 125, input: 125, coil: 2000, discrete: 2000 };
/** Reading a few unwanted registers costs less than another round trip. */
const gapMax = 10;

/** Groups neighbouring registers into as few requests as the protocol allows. */
export function planReads(metrics: readonly ModbusMetric[]): Span[] {
  const sorted = metrics.toSorted(
    (a, b) =>
      a.register.table.localeCompare(b.register.table) || a.register.address - b.register.address,
  );
  const spans: Span[] = [];
  for (const metric of sorted) {
    const last = spans.at(-1);
    if (last === undefined || !extend(last, metric)) spans.push(spanOf([metric]));
  }
  return spans;
}

/**
 * Two spans in place of one that the device refused as a whole, so that an address it does not have
 * takes only its own metric down. One metric cannot be split further: null.
 */
export function splitSpan(span: Span): [Span, Span] | null {
  if (span.metrics.length < 2) return null;
  const middle = span.metrics.length >> 1;
  return [spanOf(span.metrics.slice(0, middle)), spanOf(span.metrics.slice(middle))];
}

function extend(span: Span, metric: ModbusMetric): boolean {
  const { table, address } = metric.register;
  const end = span.address + span.count;
  const count = Math.max(span.count, address + widthOf(metric) - span.address);
  if (table !== span.table || address > end + gapMax || count > spanMax[table]) return false;
  span.count = count;
  span.metrics.push(metric);
  return true;
}

function spanOf(metrics: ModbusMetric[]): Span {
  const [first] = metrics;
  if (first === undefined) throw new Error("bug: a span has at least one metric");
  const { table, address } = first.register;
  const ends = metrics.map((metric) => metric.register.address + widthOf(metric));
  return { table, address, count: Math.max(...ends) - address, metrics };
}
