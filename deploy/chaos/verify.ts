import type { Plant } from "../test/plant.ts";
import { inTenant, query } from "./database-query.ts";
import type { RecordedOffset, RecordedReading } from "./edge-truth.ts";
import type { Gateway } from "./gateway.ts";

/** What one look found wrong, in readings, pieces and offsets. All zero: sent = stored = counted. */
export type Findings = {
  sent: number;
  lost: number;
  duplicated: number;
  gapsWrong: number;
  /** Rows of the gap ledger. */
  gaps: number;
  /** In words, for the log; at most a few. */
  details: string[];
};

type Range = { first: number; last: number };
type Sample = { metric: string; timeMs: number; value: number | null; quality: number };

/** The time of such a reading could not be right: it is stored at the time of its arrival. */
const uncertainTime = 64;
const detailsMax = 10;
/** Registers that only fill the log: hundreds of thousands of readings, compared when asked for. */
const bulk = "bulk/";

/**
 * What is still on its way, in words: records not stored, pieces not assigned. Else compares
 * every recorded reading with what is stored, and the PLC's counters with what is counted.
 * `gapsBefore`: as many rows the gap ledger must still have; null when data was lost on purpose.
 */
export async function verify(
  plant: Plant,
  gateway: Gateway,
  { gapsBefore, withBulk }: { gapsBefore: number | null; withBulk: boolean },
): Promise<Findings | string> {
  const log = gateway.truth.records();
  const last = log.at(-1)?.offset ?? 0;
  const stored = await loadWatermarks(plant, gateway);
  if (!stored.some(({ contiguous, ranges }) => contiguous >= last && ranges === "{}")) {
    return `stored up to ${JSON.stringify(stored)} of ${last} records`;
  }
  const counted = await loadCounted(plant, gateway);
  const pieces = gateway.made.good + gateway.made.scrap;
  // Fewer pieces may still be on their way to an order; what is too many never goes away.
  if (counted.good + counted.scrap < pieces) {
    const counters = JSON.stringify(await loadCounters(plant, gateway));
    return `counted ${JSON.stringify(counted)} of ${JSON.stringify(gateway.made)}; ingest: ${counters}`;
  }

  const gaps = await loadGaps(plant, gateway);
  const inScope = ({ metric }: { metric: string }) => withBulk || !metric.startsWith(bulk);
  const samples = (await loadSamples(plant, gateway, withBulk)).filter(inScope);
  const readingsWhere = (isChosen: (offset: number) => boolean) =>
    log
      .filter(({ offset }) => isChosen(offset))
      .flatMap(({ readings }) => readings.filter(inScope));
  const isLost = (offset: number) => isIn(gaps, offset);
  const { missing, surplus } = compare(
    readingsWhere((offset) => !isLost(offset)),
    samples,
  );
  // A reading that is stored although the ledger calls its record lost.
  const { surplus: unsent } = compare(readingsWhere(isLost), surplus);
  const wrongs = [
    gapsBefore !== null && gaps.length !== gapsBefore && "a gap nobody caused",
    gapsBefore === null && gaps.length === 0 && "no gap, though the log was over its budget",
    gaps.some(isBeyond(log)) && "a gap outside of the log",
    overlap(gaps) && "gaps that overlap",
    unsent.length < surplus.length && "a gap whose readings are stored",
    gateway.truth.epochs.length > 1 && `epochs ${gateway.truth.epochs.join(" ")}`,
  ].filter((wrong) => wrong !== false);
  const { made } = gateway;
  const short = shortOf(made.good, counted.good) + shortOf(made.scrap, counted.scrap);
  const over = shortOf(counted.good, made.good) + shortOf(counted.scrap, made.scrap);
  return {
    sent: readingsWhere(() => true).length,
    lost: missing.length + short,
    duplicated: unsent.length + over,
    gapsWrong: wrongs.length,
    gaps: gaps.length,
    details: [
      ...wrongs.map((wrong) => `${wrong}: ${JSON.stringify(gaps)}`),
      ...missing.slice(0, detailsMax).map((reading) => `not stored: ${JSON.stringify(reading)}`),
      ...unsent.slice(0, detailsMax).map((sample) => `not sent: ${JSON.stringify(sample)}`),
      ...(short + over > 0
        ? [`counted ${JSON.stringify(counted)}, PLC ${JSON.stringify(made)}`]
        : []),
    ],
  };
}

async function loadWatermarks({ database }: Plant, { groupId, edgeNodeId }: Gateway) {
  const rows = await query<{ contiguous: string; ranges: string }>(
    database.urls.owner,
    `select contiguous, ranges::text as ranges from telemetry.watermark
      where group_id = $1 and edge_node_id = $2`,
    [groupId, edgeNodeId],
  );
  return rows.map(({ contiguous, ranges }) => ({ contiguous: Number(contiguous), ranges }));
}

/** Pieces of the order and pieces of nobody. */
async function loadCounted(plant: Plant, gateway: Gateway) {
  const { database } = plant;
  const [row] = await query<{ good: number; scrap: number }>(
    inTenant(database),
    `select coalesce(sum(good), 0)::float8 as good, coalesce(sum(scrap), 0)::float8 as scrap
       from production.unassigned_count
      where work_unit_id = $1`,
    [gateway.workUnitId],
  );
  const order = await gateway.api.order(gateway.workOrderId);
  return {
    good: Number(order.good) + (row?.good ?? 0),
    scrap: Number(order.scrap) + (row?.scrap ?? 0),
  };
}

/** Where the pieces are that no order has: not counted, counted and not told, or told and not booked. */
async function loadCounters({ database }: Plant, { workUnitId }: Gateway) {
  return query(
    inTenant(database),
    `select role, last_value::float8 as last, total::float8, emitted_total::float8 as told, last_time
       from telemetry.counter_state join equipment.binding using (binding_id)
      where binding.work_unit_id = $1`,
    [workUnitId],
  );
}

async function loadGaps(plant: Plant, { groupId, edgeNodeId }: Gateway): Promise<Range[]> {
  const rows = await query<{ first: string; last: string }>(
    plant.database.urls.owner,
    `select first_offset as first, last_offset as last from telemetry.gap
      where group_id = $1 and edge_node_id = $2 order by first_offset`,
    [groupId, edgeNodeId],
  );
  return rows.map(({ first, last }) => ({ first: Number(first), last: Number(last) }));
}

async function loadSamples(plant: Plant, gateway: Gateway, withBulk: boolean): Promise<Sample[]> {
  const { groupId, edgeNodeId } = gateway;
  const rows = await query<{ metric: string; ms: number; value: number | null; quality: number }>(
    plant.database.urls.owner,
    `select coalesce(m.device_id, '') || '/' || m.name as metric, s.value, s.quality,
            (extract(epoch from s.source_time) * 1000)::float8 as ms
       from telemetry.metric m
       join telemetry.sample s using (metric_id)
      where m.group_id = $1 and m.edge_node_id = $2 and ($3 or m.device_id is distinct from 'bulk')`,
    [groupId, edgeNodeId, withBulk],
  );
  return rows.map(({ ms, ...sample }) => ({ ...sample, timeMs: Math.round(ms) }));
}

/**
 * The readings without a sample and the samples without a reading. Times must agree to the
 * millisecond, but for samples that say themselves that theirs is uncertain.
 */
export function compare(
  readings: readonly RecordedReading[],
  samples: readonly Sample[],
): { missing: RecordedReading[]; surplus: Sample[] } {
  const exact = groupBy(samples, exactKey);
  const withoutPartner = readings.filter(
    (reading) => exact.get(exactKey(reading))?.pop() === undefined,
  );
  const left = [...exact.values()].flat();
  const byValue = groupBy(
    left.filter(({ quality }) => quality === uncertainTime),
    valueKey,
  );
  const missing = withoutPartner.filter(
    (reading) => byValue.get(valueKey(reading))?.pop() === undefined,
  );
  const certain = left.filter(({ quality }) => quality !== uncertainTime);
  return { missing, surplus: [...certain, ...[...byValue.values()].flat()] };
}

function exactKey({ metric, timeMs, value }: RecordedReading): string {
  return `${metric} ${timeMs} ${value}`;
}

function valueKey({ metric, value }: RecordedReading): string {
  return `${metric} ${value}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function isIn(ranges: readonly Range[], offset: number): boolean {
  return ranges.some(({ first, last }) => first <= offset && offset <= last);
}

function isBeyond(log: readonly RecordedOffset[]): (range: Range) => boolean {
  const last = log.at(-1)?.offset ?? 0;
  return (range) => range.first < 1 || range.last > last;
}

function overlap(ascending: readonly Range[]): boolean {
  return ascending.some(({ first }, index) => first <= (ascending[index - 1]?.last ?? 0));
}

function shortOf(wanted: number, found: number): number {
  return Math.max(0, wanted - found);
}
