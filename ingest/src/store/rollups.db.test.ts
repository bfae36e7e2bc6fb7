import { DataType } from "@millwright/contracts/sparkplug";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";

import { createTestDatabase } from "../../../deploy/test/database.ts";
import { eventually, freePort, ingestOn } from "../../../deploy/test/plant.ts";
import { TestEdgeNode, type TestReading } from "../broker/test-edge-node.ts";
import { rollUp } from "./rollups.ts";
import { TestCell } from "./test-cell.ts";

type Rollup = {
  bucket: number;
  readings: number;
  min: number | null;
  max: number | null;
  avg: number | null;
  first: number | null;
  last: number | null;
  increase: number;
  endsGood: boolean;
};
type Raw = { time: number; value: number | null; quality: number };

const metrics = { count: DataType.UInt32, temperature: DataType.Double };
const minuteMs = 60_000;
const hourMs = 3_600_000;

/** Ingest with a gateway that speaks to it, and roll-ups that are folded when the test says so. */
async function plantWithGateway() {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const database = stack.use(await createTestDatabase());
  const cell = stack.use(await TestCell.open(database));
  const gateway = await cell.gateway();
  await cell.workUnit(gateway, { "count.good": "count" });
  const port = await freePort();
  const ingest = stack.use(ingestOn(database, port));
  await ingest.start();
  const node = stack.use(
    await TestEdgeNode.connect({ url: `mqtt://127.0.0.1:${port}`, metrics, ...gateway }),
  );
  await node.birth();
  const pool = new pg.Pool({ connectionString: database.home.ingest, max: 2 });
  stack.defer(() => pool.end());
  return { cell, gateway, node, pool };
}

it("folds what comes late, twice, after a reset and with bad quality as the raw rows say", async () => {
  const { cell, gateway, node, pool } = await plantWithGateway();
  // Hours ago, so that what the process rolls up by itself is the same work.
  const start = Math.floor((Date.now() - 6 * hourMs) / hourMs) * hourMs;
  const sent: { offset: number; readings: TestReading[] }[] = [];
  let counter = 40;
  for (let i = 0; i < 240; i += 1) {
    // Every 31 s over two hours; at 100 the counter was reset, a stretch is bad.
    counter = i === 100 ? 3 : counter + (i % 4);
    const time = start + i * 31_000;
    const temperature = 20 + Math.sin(i / 9) * 7;
    sent.push({
      offset: i + 1,
      readings: [
        { name: "count", value: counter, time },
        {
          name: "temperature",
          value: temperature,
          time: time + 500,
          quality: i % 50 > 45 ? 0 : 192,
        },
      ],
    });
  }
  for (const { offset, readings } of sent) {
    if (!isLate(offset)) await node.data(readings, { offset, isHistorical: true });
  }
  const stored = async (wanted: number) =>
    eventually("stored", async () => {
      const rows = await cell.samples(gateway, "count");
      return rows.length === wanted ? true : null;
    });
  await stored(sent.filter(({ offset }) => !isLate(offset)).length);
  await rollUp(pool);
  const early = await rollupsOf(cell, "1m", "temperature");
  expect(early.length).toBeGreaterThan(100);

  // What was lost on the way comes later, and some of the rest a second time.
  for (const { offset, readings } of sent) {
    if (isLate(offset) || offset % 5 === 0)
      await node.data(readings, { offset, isHistorical: true });
  }
  await stored(sent.length);
  await eventually("folded", async () => {
    await rollUp(pool);
    const [row] = await cell.query<{ n: string }>(
      "select count(*) as n from telemetry.rollup_mark",
    );
    return row?.n === "0" ? true : null;
  });
  expect(await rollupsOf(cell, "1m", "temperature")).not.toEqual(early);
  for (const name of Object.keys(metrics)) {
    const raw = (await cell.samples(gateway, name)).map(toRaw);
    expect(await rollupsOf(cell, "1m", name)).toEqual(fold(raw, minuteMs));
    expect(await rollupsOf(cell, "1h", name)).toEqual(fold(raw, hourMs));
  }
  // 40 to the reset and from 0 on: never negative, nothing lost at the borders of the buckets.
  const hours = await rollupsOf(cell, "1h", "count");
  const travel = hours.reduce(
    (sum, hour, index) => sum + hour.increase + between(hours[index - 1], hour),
    0,
  );
  expect(travel).toBe(travelOf((await cell.samples(gateway, "count")).map(toRaw)));
});

it("says which days changed, and leaves alone what lies before the raw rows that are left", async () => {
  const { cell, gateway, node, pool } = await plantWithGateway();
  const time = Math.floor(Date.now() / hourMs) * hourMs - 30 * hourMs;
  await node.data([{ name: "count", value: 5, time }], { isHistorical: true });
  const folded = () =>
    eventually("folded", async () => {
      await rollUp(pool);
      const rows = await rollupsOf(cell, "1m", "count");
      return rows.length > 0 ? rows : null;
    });
  const before = await folded();
  const version = async () =>
    (
      await cell.query<{ version: string }>(
        "select version from telemetry.changed_day where day = $1",
        [new Date(time).toISOString().slice(0, 10)],
      )
    )[0]?.version;
  expect(await version()).toBe("1");
  await cell.query("update telemetry.metric set raw_from = now() - interval '1 hour'");
  await node.data([{ name: "count", value: 9, time: time + 1000 }], { isHistorical: true });
  await eventually("seen", async () => {
    await rollUp(pool);
    return (await version()) === "2" ? true : null;
  });
  expect((await cell.samples(gateway, "count")).length).toBe(2);
  expect(await rollupsOf(cell, "1m", "count")).toEqual(before);
});

it("is not stopped by values that would overflow a sum", async () => {
  const { cell, node, pool } = await plantWithGateway();
  const time = Date.now() - 10 * minuteMs;
  const values = [1.7e308, -1.7e308, Infinity, 4, 1.7e308];
  await node.data(values.map((value, i) => ({ name: "temperature", value, time: time + i })));
  const [only] = await eventually("folded", async () => {
    await rollUp(pool);
    const rows = await rollupsOf(cell, "1m", "temperature");
    return rows.length > 0 ? rows : null;
  });
  expect(only).toMatchObject({ readings: 1, min: 4, max: 4, endsGood: false });
});

/** Every seventh record was lost on the way. */
function isLate(offset: number): boolean {
  return offset % 7 === 0;
}

async function rollupsOf(cell: TestCell, size: "1m" | "1h", name: string): Promise<Rollup[]> {
  const rows = await cell.query<Omit<Rollup, "bucket"> & { bucket: Date }>(
    `select bucket, readings, min_value as min, max_value as max, avg_value as avg,
            first_value as first, last_value as last, increase, ends_good as "endsGood"
       from telemetry.v_sample_${size} join telemetry.v_metric using (metric_id)
      where name = $1
      order by bucket`,
    [name],
  );
  return rows.map((row) => ({
    ...row,
    avg: rounded(row.avg),
    increase: row.increase,
    bucket: row.bucket.getTime(),
  }));
}

function toRaw(row: { time: Date; value: number | null; quality: number }): Raw {
  return { time: row.time.getTime(), value: row.value, quality: row.quality };
}

/** What the roll-ups promise, said once more and slowly. `raw` ascending. */
function fold(raw: readonly Raw[], sizeMs: number): Rollup[] {
  const buckets = Map.groupBy(raw, ({ time }) => Math.floor(time / sizeMs) * sizeMs);
  return [...buckets].map(([bucket, rows]) => {
    const good = rows.filter(isGood);
    const values = good.flatMap(({ value }) => value ?? []);
    return {
      bucket,
      readings: values.length,
      min: values.length === 0 ? null : Math.min(...values),
      max: values.length === 0 ? null : Math.max(...values),
      avg:
        values.length === 0
          ? null
          : rounded(values.reduce((sum, value) => sum + value, 0) / values.length),
      first: values[0] ?? null,
      last: values.at(-1) ?? null,
      increase: expect.closeTo(travelOf(good), 6) as number,
      endsGood: rows.slice(-1).some(isGood),
    };
  });
}

function isGood({ value, quality }: Raw): boolean {
  return (quality === 64 || quality === 192) && value !== null;
}

function travelOf(rows: readonly Raw[]): number {
  let travel = 0;
  let previous: number | null = null;
  for (const { value } of rows.filter(isGood)) {
    if (value === null) continue;
    if (previous !== null) travel += value >= previous ? value - previous : value;
    previous = value;
  }
  return travel;
}

function between(from: Rollup | undefined, to: Rollup): number {
  if (from === undefined || from.last === null || to.first === null) return 0;
  return to.first >= from.last ? to.first - from.last : to.first;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(9));
}

it("folds a minute once however often it is marked, and takes no more buckets at once than asked", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase());
  const pool = new pg.Pool({ connectionString: database.home.ingest, max: 1 });
  stack.defer(() => pool.end());
  const mark = (minute: number) =>
    pool.query(
      `insert into telemetry.rollup_mark (metric_ids, minutes)
       select array_agg(id), array_agg($1::integer) from generate_series(1, 10) id`,
      [minute],
    );
  for (let batch = 0; batch < 200; batch += 1) await mark(29_000_000);
  for (let minute = 1; minute <= 20; minute += 1) await mark(29_000_000 + minute);
  const fold = async () => {
    const { rows } = await pool.query<{ due: number }>("select telemetry.roll_up(100) as due");
    return rows[0]?.due;
  };
  // 2,000 pairs of ten buckets, and nine minutes more; then ten of the eleven that are left.
  expect(await fold()).toBe(100);
  expect(await fold()).toBe(100);
  expect(await fold()).toBe(10);
  expect(await fold()).toBe(0);
});

it("leaves what is marked while it folds for the next call, however long live batches go on", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createTestDatabase());
  const pool = new pg.Pool({ connectionString: database.home.ingest, max: 2 });
  stack.defer(() => pool.end());
  const mark = () =>
    pool.query("insert into telemetry.rollup_mark (metric_ids, minutes) values ('{1,2}', '{1,1}')");
  await mark();
  const folding = new AbortController();
  const goOn = (async () => {
    while (!folding.signal.aborted) await mark();
  })();
  const folded = await rollUp(pool).finally(() => folding.abort());
  await goOn;
  expect(folded).toBe(2);
  await mark();
  expect(await rollUp(pool)).toBe(2);
  expect(await rollUp(pool)).toBe(0);
});
