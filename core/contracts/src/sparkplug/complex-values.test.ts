import fc from "fast-check";
import { expect, it } from "vitest";

import {
  DataType,
  type DataSet,
  decodeDataSet,
  decodePayload,
  decodeTemplate,
  encodeDataSet,
  encodePayload,
  encodeTemplate,
  MalformedPayload,
  metric,
  packArray,
  type Template,
  unpackArray,
} from "./index.ts";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const text = fc.string({ unit: "grapheme", maxLength: 12 });

const scalars: [number, fc.Arbitrary<number | bigint | boolean | string>][] = [
  [DataType.Int8, fc.integer({ min: -128, max: 127 })],
  [DataType.Int16, fc.integer({ min: -32768, max: 32767 })],
  [DataType.Int32, fc.integer()],
  [DataType.Int64, int64],
  [DataType.UInt8, fc.integer({ min: 0, max: 255 })],
  [DataType.UInt16, fc.integer({ min: 0, max: 65535 })],
  [DataType.UInt32, fc.integer({ min: 0, max: 0xffffffff })],
  [DataType.UInt64, uint64],
  [DataType.Float, fc.float()],
  [DataType.Double, fc.double()],
  [DataType.Boolean, fc.boolean()],
  [DataType.String, text],
  [DataType.DateTime, uint64],
  [DataType.Text, text],
];
/** Array types in the order of their codes, 22-34, with their elements. */
const arrays = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(
  (index) => [DataType.Int8Array + index, scalars[index]?.[1] ?? fc.constant(0)] as const,
);

const scalar = fc.constantFrom(...scalars);

const dataSet: fc.Arbitrary<DataSet> = fc
  .array(fc.tuple(text, scalar), { maxLength: 5 })
  .chain((columns) =>
    fc.record({
      columns: fc.constant(columns.map(([name, [datatype]]) => ({ name, datatype }))),
      rows: fc.array(fc.tuple(...columns.map(([, [, value]]) => fc.option(value))), {
        maxLength: 4,
      }),
    }),
  );

const parameter = scalar.chain(([datatype, value]) =>
  fc.record({
    name: fc.string({ minLength: 1, maxLength: 8 }),
    datatype: fc.constant(datatype),
    value: fc.option(value),
  }),
);

const member = scalar.chain(([datatype, value]) =>
  fc
    .record({ name: text, value: fc.option(value) })
    .map((fields) => metric({ ...fields, datatype })),
);

const template: fc.Arbitrary<Template> = fc.record({
  version: fc.option(text),
  templateRef: fc.option(text),
  members: fc.array(member, { maxLength: 4 }),
  parameters: fc.array(parameter, { maxLength: 3 }),
});

it("reads back every DataSet it writes, also through a payload", () => {
  fc.assert(
    fc.property(dataSet, (table) => {
      const value = encodeDataSet(table);
      expect(decodeDataSet(value)).toEqual(table);
      expect(throughPayload(DataType.DataSet, value)).toEqual(value);
    }),
  );
});

it("reads back every Template it writes, also one within another", () => {
  fc.assert(
    fc.property(template, template, (outer, inner) => {
      const nested = metric({
        name: "nested",
        datatype: DataType.Template,
        value: encodeTemplate(inner),
      });
      const written = { ...outer, members: [...outer.members, nested] };
      const read = decodeTemplate(throughPayload(DataType.Template, encodeTemplate(written)));
      expect(read).toEqual(written);
      const value = read.members.at(-1)?.value;
      expect(value instanceof Uint8Array && decodeTemplate(value)).toEqual(inner);
    }),
  );
});

it.each(arrays)("reads back every array of type %i", (datatype, element) => {
  const noZero = element.filter((value) => typeof value !== "string" || !value.includes("\0"));
  fc.assert(
    fc.property(fc.array(noZero, { maxLength: 30 }), (values) => {
      const bytes = throughPayload(datatype, packArray(datatype, values));
      expect(unpackArray(datatype, bytes)).toEqual(values);
    }),
    { numRuns: 50 },
  );
});

// By hand from the prose of chapter 6.4.17, so that both directions cannot share a mistake.
it("packs arrays little-endian, booleans from the highest bit, texts with a zero each", () => {
  expect(hex(packArray(DataType.Int16Array, [-30000, 30000]))).toBe("d08a3075");
  expect(hex(packArray(DataType.BooleanArray, [false, true, true, false]))).toBe("0400000060");
  expect(hex(packArray(DataType.StringArray, ["AB", "C"]))).toBe("4142004300");
  expect(hex(packArray(DataType.DateTimeArray, [1n]))).toBe("0100000000000000");
});

it("puts a DataSet in field 17 and a Template in field 18", () => {
  const table = metric({ datatype: DataType.DataSet, value: new Uint8Array([8, 0]) });
  const instance = metric({ datatype: DataType.Template, value: new Uint8Array([40, 1]) });
  const write = (metrics: (typeof table)[]) =>
    hex(encodePayload({ timestamp: null, seq: null, metrics }));
  expect(write([table])).toBe("120720108a01020800");
  expect(write([instance])).toBe("120720139201022801");
});

it("writes no table and no template that breaks its own rules", () => {
  const columns = [{ name: "a", datatype: DataType.Int32 }];
  expect(() => encodeDataSet({ columns, rows: [[1, 2]] })).toThrow(RangeError);
  const odd = [{ name: "a", datatype: DataType.Bytes }];
  expect(() => encodeDataSet({ columns: odd, rows: [] })).toThrow(RangeError);
  const parameters = [{ name: "", datatype: DataType.Int32, value: 1 }];
  const base = { version: null, templateRef: null, members: [] };
  expect(() => encodeTemplate({ ...base, parameters })).toThrow(RangeError);
});

it("refuses damaged tables, templates and arrays as malformed, and never fails otherwise", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 120 }),
    fc
      .tuple(
        fc.oneof(
          dataSet.map(encodeDataSet),
          template.map((t) => encodeTemplate(t)),
        ),
        fc.nat(),
        fc.nat(255),
      )
      .map(([good, at, byte]) =>
        good.map((old, index) => (index === at % good.length ? byte : old)),
      ),
  );
  const readers = [
    decodeDataSet,
    decodeTemplate,
    ...arrays.map(
      ([datatype]) =>
        (soup: Uint8Array) =>
          unpackArray(datatype, soup),
    ),
  ];
  fc.assert(
    fc.property(bytes, fc.constantFrom(...readers), (soup, read) => {
      try {
        read(soup);
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedPayload);
      }
    }),
    { numRuns: 2000 },
  );
});

function throughPayload(datatype: number, value: Uint8Array): Uint8Array {
  const bytes = encodePayload({
    timestamp: 1,
    seq: 0,
    metrics: [metric({ name: "m", datatype, value })],
  });
  const read = decodePayload(bytes).metrics[0]?.value;
  if (!(read instanceof Uint8Array)) throw new Error("no bytes came back");
  return new Uint8Array(read);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
