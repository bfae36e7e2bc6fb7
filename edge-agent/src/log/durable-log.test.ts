import { appendFile, cp, mkdtemp, open, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import fc from "fast-check";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { DurableLog } from "./durable-log.ts";

const silent = pino({ level: "silent" });
const diskBytesMax = 64 * 1024 * 1024;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "mw-log-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const openLog = (path = folder, budget = diskBytesMax) =>
  DurableLog.open({ folder: path, diskBytesMax: budget, log: silent });

async function readAll(log: DurableLog, from = log.firstOffset): Promise<Map<number, string>> {
  await using reader = log.reader();
  const records = new Map<number, string>();
  for (let offset = from; offset < log.durableEnd;) {
    const read = await reader.read(offset, 100);
    const last = read.at(-1);
    if (last === undefined) break;
    for (const record of read) records.set(record.offset, record.body.toString());
    offset = last.offset + 1;
  }
  return records;
}

async function segmentFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith(".seg")).toSorted();
}

test("numbers records from 1 and hands them out only when they are synced", async () => {
  await using log = await openLog();
  expect(log.append(Buffer.from("a"))).toBe(1);
  expect(log.append(Buffer.from("b"))).toBe(2);
  expect(await readAll(log)).toEqual(new Map());
  await log.flush();
  expect([...(await readAll(log))]).toEqual([
    [1, "a"],
    [2, "b"],
  ]);
});

test("goes on with the same epoch and the next offset after a restart", async () => {
  const first = await openLog();
  first.append(Buffer.from("a"));
  await first[Symbol.asyncDispose]();
  await using second = await openLog();
  expect(second.epoch).toBe(first.epoch);
  expect(second.append(Buffer.from("b"))).toBe(2);
});

test("trims whole segments, and only what the host has", async () => {
  await using log = await openLog(folder, 2 * 1024 * 1024);
  const body = Buffer.alloc(100_000, "x");
  for (let i = 0; i < 10; i += 1) {
    log.append(body);
    await log.flush();
  }
  expect((await segmentFiles()).length).toBeGreaterThan(2);
  expect(await log.trim(11)).toBe(false);
  expect(log.firstOffset).toBe(1);
  expect(await log.trim(10)).toBe(true);
  expect(await segmentFiles()).toHaveLength(1);
  expect(log.append(body)).toBe(11);
});

test("drops the oldest segment when it passes its budget, and counts what the host never had", async () => {
  await using log = await openLog(folder, 2 * 1024 * 1024);
  const body = Buffer.alloc(100_000, "x");
  for (let i = 0; i < 40; i += 1) {
    log.append(body);
    await log.flush();
  }
  expect(log.diskBytes).toBeLessThanOrEqual(2 * 1024 * 1024 + 400_000);
  expect(log.counters.dropped).toBe(log.firstOffset - 1);
  expect(log.counters.dropped).toBeGreaterThan(0);
  expect([...(await readAll(log, 1)).keys()][0]).toBe(log.firstOffset);
});

test("refuses and counts records when the disk takes nothing, and never blocks", async () => {
  await using log = await openLog();
  const big = Buffer.alloc(1024 * 1024, "x");
  // Nothing is written before the event loop turns, which is what a disk that hangs looks like.
  const offsets = Array.from({ length: 6 }, () => log.append(big));
  expect(offsets).toEqual([1, 2, 3, null, null, null]);
  expect(log.counters.notRecorded).toBe(3);
  await log.flush();
  expect(log.append(Buffer.from("again"))).toBe(4);
});

async function written(count: number): Promise<string> {
  await using log = await openLog();
  for (let i = 1; i <= count; i += 1) log.append(Buffer.from(`r${i}`));
  await log.flush();
  return log.epoch;
}

async function lastSegment(): Promise<string> {
  return join(folder, (await segmentFiles()).at(-1) ?? "");
}

describe("renews its epoch wherever an offset could be given away twice", () => {
  test("not after a write that was cut off: it was never sent", async () => {
    const epoch = await written(5);
    await appendFile(await lastSegment(), Buffer.from([9, 0, 0, 0, 1]));
    await using log = await openLog();
    expect(log.epoch).toBe(epoch);
    expect(log.nextOffset).toBe(6);
    log.append(Buffer.from("r6"));
    await log.flush();
    expect((await readAll(log)).size).toBe(6);
  });

  test("not after zeros that a file system left behind", async () => {
    const epoch = await written(5);
    await appendFile(await lastSegment(), Buffer.alloc(4096));
    await using log = await openLog();
    expect([log.epoch, log.nextOffset]).toEqual([epoch, 6]);
  });

  test("when a record is damaged; the damaged file is kept", async () => {
    const epoch = await written(5);
    const path = await lastSegment();
    const { size } = await stat(path);
    await flipByte(path, size - 1);
    await using log = await openLog();
    expect(log.epoch).not.toBe(epoch);
    expect([...(await readAll(log)).values()]).toEqual(["r1", "r2", "r3", "r4"]);
    expect(log.counters.quarantinedSegments).toBe(1);
    expect(await readdir(join(folder, "quarantine"))).toHaveLength(1);
  });

  test("when the folder was copied", async () => {
    const epoch = await written(3);
    const copy = await mkdtemp(join(tmpdir(), "mw-copy-"));
    await cp(folder, copy, { recursive: true });
    await using log = await openLog(copy);
    expect(log.epoch).not.toBe(epoch);
    expect(log.nextOffset).toBe(4);
    await rm(copy, { recursive: true });
  });

  test("when epoch.json or the segments are lost", async () => {
    const epoch = await written(3);
    await rm(join(folder, "epoch.json"));
    const second = await openLog();
    expect(second.epoch).not.toBe(epoch);
    expect((await readAll(second)).size).toBe(3);
    await second[Symbol.asyncDispose]();
    await rm(await lastSegment());
    await using third = await openLog();
    expect(third.epoch).not.toBe(second.epoch);
    expect(third.nextOffset).toBe(1);
  });

  test("and numbers only what the host has not acked", async () => {
    await written(5);
    {
      await using log = await openLog();
      await log.trim(2);
    }
    const path = await lastSegment();
    await flipByte(path, (await stat(path)).size - 1);
    await using log = await openLog();
    expect([...(await readAll(log))]).toEqual([
      [1, "r3"],
      [2, "r4"],
    ]);
    expect([log.firstOffset, log.ackedOffset, log.nextOffset]).toEqual([1, 0, 3]);
  });

  test("a lost segment in the middle leaves no hole in the new numbering", async () => {
    {
      await using log = await openLog(folder, 2 * 1024 * 1024);
      for (let i = 0; i < 12; i += 1) {
        log.append(Buffer.alloc(100_000, "x"));
        await log.flush();
      }
      await log.trim(1);
    }
    await rm(join(folder, (await segmentFiles())[1] ?? ""));
    await using log = await openLog();
    const offsets = [...(await readAll(log)).keys()];
    expect(offsets[0]).toBe(1);
    expect(offsets).toEqual(offsets.map((_, index) => index + 1));
    expect(log.nextOffset).toBe(offsets.length + 1);
  });
});

/**
 * Whatever is appended, wherever it is torn or damaged, however often: the records that come back
 * are intact and in order, and within one epoch no offset ever belongs to two different records.
 */
test("random appends, crashes and damage", async () => {
  const damage = fc.oneof(
    fc.record({ kind: fc.constant("none" as const) }),
    // A crash leaves any beginning of the unsynced bytes.
    fc.record({
      kind: fc.constant("tear" as const),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
    }),
    fc.record({ kind: fc.constant("flip" as const), at: fc.nat() }),
  );
  const round = fc.record({
    count: fc.nat({ max: 30 }),
    size: fc.integer({ min: 1, max: 3000 }),
    damage,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 6 }), async (rounds) => {
      const path = await mkdtemp(join(folder, "run-"));
      const given = new Map<string, string>();
      let serial = 0;
      for (const { count, size, damage } of rounds) {
        {
          await using log = await openLog(path);
          const back = await readAll(log);
          let previous = -1;
          for (const [offset, body] of back) {
            const record = Number.parseInt(body, 10);
            expect(record).toBeGreaterThan(previous);
            previous = record;
            const name = `${log.epoch} ${offset}`;
            expect(given.get(name) ?? body).toBe(body);
            given.set(name, body);
          }
          for (let i = 0; i < count; i += 1) {
            serial += 1;
            const body = `${serial}:`.padEnd(size, "x");
            const name = `${log.epoch} ${log.append(Buffer.from(body))}`;
            expect(given.get(name) ?? body).toBe(body);
            given.set(name, body);
          }
        }
        await harm(path, damage);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

type Damage = { kind: "none" } | { kind: "tear"; bytes: Uint8Array } | { kind: "flip"; at: number };

async function harm(path: string, damage: Damage): Promise<void> {
  const names = (await readdir(path)).filter((name) => name.endsWith(".seg")).toSorted();
  const last = join(path, names.at(-1) ?? "");
  if (damage.kind === "tear") {
    // A cut write begins like a frame: a torn piece of one is what may lie here.
    const intact = await readFile(last);
    const piece =
      intact.length > 60
        ? intact.subarray(8, 8 + Math.min(11, damage.bytes.length))
        : Buffer.alloc(3);
    await appendFile(last, piece);
  }
  if (damage.kind === "flip") await flipByte(last, damage.at % (await stat(last)).size);
}

async function flipByte(path: string, at: number): Promise<void> {
  await using file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ 0xff;
  await file.write(byte, 0, 1, at);
}
