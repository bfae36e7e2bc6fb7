import fc from "fast-check";
import { expect, it } from "vitest";

import {
  DataType,
  decodePayload,
  encodePayload,
  interpretValue,
  MalformedPayload,
  metric,
  type SparkplugMetric,
} from "./index.ts";

const typedValue = fc.oneof(
  fc.record({ datatype: fc.constant(DataType.Int8), value: fc.integer({ min: -128, max: 127 }) }),
  fc.record({ datatype: fc.constant(DataType.Int32), value: fc.integer() }),
  fc.record({
    datatype: fc.constant(DataType.UInt32),
    value: fc.integer({ min: 0, max: 0xffffffff }),
  }),
  fc.record({
    datatype: fc.constant(DataType.Int64),
    value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  }),
  fc.record({
    datatype: fc.constant(DataType.UInt64),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
  fc.record({ datatype: fc.constant(DataType.Double), value: fc.double() }),
  fc.record({ datatype: fc.constant(DataType.Float), value: fc.float() }),
  fc.record({ datatype: fc.constant(DataType.Boolean), value: fc.boolean() }),
  fc.record({ datatype: fc.constant(DataType.String), value: fc.string({ unit: "grapheme" }) }),
  fc.record({ datatype: fc.constant(DataType.Bytes), value: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ datatype: fc.constant(DataType.Int16), value: fc.constant(null) }),
);

const anyMetric: fc.Arbitrary<SparkplugMetric> = fc
  .record({
    typed: typedValue,
    name: fc.option(fc.string({ maxLength: 200 })),
    alias: fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    timestamp: fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 })),
    isHistorical: fc.boolean(),
    isTransient: fc.boolean(),
    quality: fc.constantFrom(null, 0, 192, 500),
    engUnit: fc.option(fc.string({ maxLength: 10 })),
  })
  .map(({ typed, ...rest }) => metric({ ...rest, ...typed }));

const anyPayload = fc.record({
  timestamp: fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 })),
  metrics: fc.array(anyMetric, { maxLength: 20 }),
  seq: fc.option(fc.integer({ min: 0, max: 255 })),
});

it("reads back every payload it writes", () => {
  fc.assert(
    fc.property(anyPayload, (payload) => {
      expect(decodePayload(encodePayload(payload))).toEqual(payload);
    }),
  );
});

it("reads DATA values back with the datatype of the birth", () => {
  fc.assert(
    fc.property(typedValue, ({ datatype, value }) => {
      const bytes = encodePayload(
        { timestamp: 1, seq: 0, metrics: [metric({ alias: 1n, datatype, value })] },
        { omitDatatype: true },
      );
      const decoded = decodePayload(bytes).metrics[0];
      expect(decoded?.datatype).toBeNull();
      expect(interpretValue(decoded?.value ?? null, datatype)).toEqual(value);
    }),
  );
});

it("refuses any truncation and any byte soup with MalformedPayload or reads it, but never fails otherwise", () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), mutated()), (bytes) => {
      try {
        decodePayload(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedPayload);
      }
    }),
    { numRuns: 2000 },
  );
});

function mutated(): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(anyPayload, fc.nat(), fc.integer({ min: 0, max: 255 }), fc.boolean())
    .map(([payload, position, byte, isCut]) => {
      const bytes = encodePayload(payload);
      if (bytes.length === 0) return bytes;
      const at = position % bytes.length;
      if (isCut) return bytes.subarray(0, at);
      bytes[at] = byte;
      return bytes;
    });
}

// Bytes written by hand from the protobuf definition, so that encoder and decoder cannot agree on a common mistake.
it("writes the wire format of the specification", () => {
  const payload = {
    timestamp: 1,
    seq: 2,
    metrics: [metric({ name: "a", alias: 3n, timestamp: 4, datatype: DataType.Int32, value: -1 })],
  };
  expect(Buffer.from(encodePayload(payload)).toString("hex")).toBe(
    // 08 01 timestamp; 12 0f metric: 0a 01 61 name, 10 03 alias, 18 04 time, 20 03 type, 50 … int_value; 18 02 seq
    "0801120f0a016110031804200350ffffffff0f1802",
  );
});

it("reads a UInt32 that an old writer put in long_value", () => {
  // 58 = field 11 varint; 20 07 = datatype UInt32
  const bytes = Buffer.from("1206200758ffff03", "hex");
  expect(decodePayload(bytes).metrics[0]?.value).toBe(65535);
});

it("refuses a value that is not of its datatype", () => {
  // datatype Boolean with a string value
  const bytes = Buffer.from("1205200b7a0161", "hex");
  expect(() => decodePayload(bytes)).toThrow(MalformedPayload);
});

it("keeps a text that begins with a byte order mark", () => {
  const marked = metric({ name: "\ufeffa", datatype: DataType.String, value: "\ufeff" });
  const payload = { timestamp: null, seq: null, metrics: [marked] };
  expect(decodePayload(encodePayload(payload))).toEqual(payload);
});
