import { describe, expect, it } from "vitest";

import { CopyBuffer, SampleQuality } from "./copy-buffer.ts";

type Row = {
  metricId: bigint;
  micros: bigint;
  value: number | null;
  text: string | null;
  quality: number;
};

/** Reads COPY's binary format back, as the manual describes it; fails on anything unexpected. */
function parse(bytes: Buffer): Row[] {
  expect(bytes.subarray(0, 11).toString("latin1")).toBe("PGCOPY\n\xff\r\n\0");
  expect(bytes.readInt32BE(11)).toBe(0);
  expect(bytes.readInt32BE(15)).toBe(0);
  let at = 19;
  const field = (): Buffer | null => {
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length === -1) return null;
    at += length;
    return bytes.subarray(at - length, at);
  };
  const rows: Row[] = [];
  for (;;) {
    const fields = bytes.readInt16BE(at);
    at += 2;
    if (fields === -1) break;
    expect(fields).toBe(5);
    const [metricId, time, value, text, quality] = [field(), field(), field(), field(), field()];
    rows.push({
      metricId: metricId?.readBigInt64BE() ?? 0n,
      micros: time?.readBigInt64BE() ?? 0n,
      value: value?.readDoubleBE() ?? null,
      text: text?.toString("utf8") ?? null,
      quality: quality?.readInt16BE() ?? -1,
    });
  }
  expect(at).toBe(bytes.length);
  return rows;
}

const microsOf = (timeMs: number) => BigInt(timeMs) * 1000n - 946_684_800_000_000n;

describe("rows for binary COPY", () => {
  it("writes numbers, texts, nulls and both together", () => {
    const copy = new CopyBuffer(3);
    const time = Date.UTC(2026, 10, 21, 8, 30, 0, 123);
    copy.add(7, time, 1.5, null, SampleQuality.good);
    copy.add(2 ** 33, time, null, "grün", SampleQuality.bad);
    copy.add(8, time + 1, 9_007_199_254_740_992, "9007199254740993", SampleQuality.uncertainTime);
    expect(copy.rows).toBe(3);
    expect(parse(copy.finish())).toEqual([
      { metricId: 7n, micros: microsOf(time), value: 1.5, text: null, quality: 192 },
      { metricId: 8_589_934_592n, micros: microsOf(time), value: null, text: "grün", quality: 0 },
      {
        metricId: 8n,
        micros: microsOf(time + 1),
        value: 9_007_199_254_740_992,
        text: "9007199254740993",
        quality: 64,
      },
    ]);
  });

  it("writes times before 2000, where PostgreSQL's clock is negative", () => {
    const copy = new CopyBuffer(3);
    copy.add(1, Date.UTC(1999, 0, 1), 0, null, SampleQuality.good);
    expect(parse(copy.finish())[0]?.micros).toBe(microsOf(Date.UTC(1999, 0, 1)));
  });

  it("grows over many rows and long texts", () => {
    const copy = new CopyBuffer(3);
    const text = "é".repeat(50_000);
    for (let i = 0; i < 20_000; i += 1) {
      copy.add(i, 1_800_000_000_000 + i, i / 3, i % 5000 === 0 ? text : null, SampleQuality.good);
    }
    const rows = parse(copy.finish());
    expect(rows).toHaveLength(20_000);
    expect(rows[19_999]).toMatchObject({ metricId: 19_999n, value: 19_999 / 3 });
    expect(rows[15_000]?.text).toBe(text);
  });

  it("leaves out the zero byte, which a text column refuses", () => {
    const copy = new CopyBuffer(3);
    copy.add(1, 1_800_000_000_000, null, "a\0b", SampleQuality.good);
    expect(parse(copy.finish())[0]?.text).toBe("ab");
  });
});
