import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";

import type { TestDatabase } from "../test/database.ts";

/**
 * The physical limit that bench:ingest is held against: how many rows/s one connection loads into
 * telemetry.sample by binary COPY, committed every `batchRows`, from buffers encoded beforehand
 * (encoding is no part of the time). The rows are deleted again.
 */
export async function rawCopyRowsPerSecond(
  database: TestDatabase,
  { rows, batchRows }: { rows: number; batchRows: number },
): Promise<number> {
  const client = new pg.Client({ connectionString: database.urls.owner });
  await client.connect();
  try {
    const batches = Array.from({ length: Math.ceil(rows / batchRows) }, (_, batch) =>
      encodeBatch(batch * batchRows, Math.min(batchRows, rows - batch * batchRows)),
    );
    const started = performance.now();
    for (const batch of batches) {
      const copy = copyFrom(
        `copy telemetry.sample (metric_id, source_time, value, text_value, quality)
           from stdin (format binary)`,
      );
      await pipeline(Readable.from([batch]), client.query(copy));
    }
    const seconds = (performance.now() - started) / 1000;
    await client.query("delete from telemetry.sample where metric_id < 0");
    return Math.round(rows / seconds);
  } finally {
    await client.end();
  }
}

/** Microseconds between 1970-01-01 and 2000-01-01, PostgreSQL's epoch. */
const postgresEpochMicros = 946_684_800_000_000n;

/** COPY's binary format: header, one tuple per row, trailer (PostgreSQL manual, COPY, Binary Format). */
function encodeBatch(first: number, count: number): Buffer {
  const tupleBytes = 2 + (4 + 8) + (4 + 8) + (4 + 8) + 4 + (4 + 2);
  const out = Buffer.alloc(19 + count * tupleBytes + 2);
  out.write("PGCOPY\n\xff\r\n\0", "latin1");
  const start = BigInt(Date.now()) * 1000n - postgresEpochMicros;
  let at = 19;
  for (let row = first; row < first + count; row += 1) {
    at = out.writeInt16BE(5, at);
    at = out.writeInt32BE(8, at);
    // 200 series, as 4 nodes of 50 metrics; negative so that they are no real metric's.
    at = out.writeBigInt64BE(BigInt(-1 - (row % 200)), at);
    at = out.writeInt32BE(8, at);
    at = out.writeBigInt64BE(start + BigInt(Math.floor(row / 200)) * 1000n, at);
    at = out.writeInt32BE(8, at);
    at = out.writeDoubleBE(row * 0.5, at);
    at = out.writeInt32BE(-1, at);
    at = out.writeInt32BE(2, at);
    at = out.writeInt16BE(192, at);
  }
  out.writeInt16BE(-1, at);
  return out;
}
