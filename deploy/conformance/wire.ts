/**
 * A second reader of Sparkplug payloads, written from the protobuf definition and sharing no line with
 * ours: it keeps what is present on the wire apart from what is absent, which conformance is about.
 */
export type WireValue = {
  int_value?: number;
  long_value?: bigint;
  float_value?: number;
  double_value?: number;
  boolean_value?: boolean;
  string_value?: string;
};
export type WireProperty = WireValue & { type?: number; is_null?: boolean };
export type WireDataSet = {
  num_of_columns?: bigint;
  columns: string[];
  types: number[];
  rows: { elements: WireValue[] }[];
};
export type WireParameter = WireValue & { name?: string; type?: number };
export type WireTemplate = {
  version?: string;
  metrics: WireMetric[];
  parameters: WireParameter[];
  template_ref?: string;
  is_definition?: boolean;
};
export type WireMetric = WireValue & {
  name?: string;
  alias?: bigint;
  timestamp?: number;
  datatype?: number;
  is_historical?: boolean;
  is_transient?: boolean;
  is_null?: boolean;
  properties?: { keys: string[]; values: WireProperty[] };
  bytes_value?: Uint8Array;
  dataset_value?: WireDataSet;
  template_value?: WireTemplate;
};
export type WirePayload = { timestamp?: number; metrics: WireMetric[]; seq?: number };

/** Field number → name and kind; a message's kind is its schema, `[]` a repeated field. */
type Kind = "number" | "long" | "bool" | "float" | "double" | "string" | "bytes" | Schema;
type Schema = () => { [field: number]: [name: string, kind: Kind, repeated?: "repeated"] };

function values(first: number): ReturnType<Schema> {
  return {
    [first]: ["int_value", "number"],
    [first + 1]: ["long_value", "long"],
    [first + 2]: ["float_value", "float"],
    [first + 3]: ["double_value", "double"],
    [first + 4]: ["boolean_value", "bool"],
    [first + 5]: ["string_value", "string"],
  };
}

const property: Schema = () => ({ 1: ["type", "number"], 2: ["is_null", "bool"], ...values(3) });
const propertySet: Schema = () => ({
  1: ["keys", "string", "repeated"],
  2: ["values", property, "repeated"],
});
const cell: Schema = () => values(1);
const row: Schema = () => ({ 1: ["elements", cell, "repeated"] });
const dataSet: Schema = () => ({
  1: ["num_of_columns", "long"],
  2: ["columns", "string", "repeated"],
  3: ["types", "number", "repeated"],
  4: ["rows", row, "repeated"],
});
const parameter: Schema = () => ({ 1: ["name", "string"], 2: ["type", "number"], ...values(3) });
const template: Schema = () => ({
  1: ["version", "string"],
  2: ["metrics", metric, "repeated"],
  3: ["parameters", parameter, "repeated"],
  4: ["template_ref", "string"],
  5: ["is_definition", "bool"],
});
const metric: Schema = () => ({
  1: ["name", "string"],
  2: ["alias", "long"],
  3: ["timestamp", "number"],
  4: ["datatype", "number"],
  5: ["is_historical", "bool"],
  6: ["is_transient", "bool"],
  7: ["is_null", "bool"],
  9: ["properties", propertySet],
  ...values(10),
  16: ["bytes_value", "bytes"],
  17: ["dataset_value", dataSet],
  18: ["template_value", template],
});
const payload: Schema = () => ({
  1: ["timestamp", "number"],
  2: ["metrics", metric, "repeated"],
  3: ["seq", "number"],
});

/** Null when the bytes are no Sparkplug payload, field by field. */
export function readWire(bytes: Uint8Array): WirePayload | null {
  try {
    return read(Buffer.from(bytes), payload) as WirePayload;
  } catch {
    return null;
  }
}

type Fields = { [name: string]: unknown };

function read(bytes: Buffer, schema: Schema): Fields {
  const fields = schema();
  const message: Fields = {};
  for (const [name, , repeated] of Object.values(fields)) if (repeated) message[name] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at);
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const [field, wire] = [tag >> 3, tag & 7];
    let raw: bigint | Buffer;
    if (wire === 0) raw = varint();
    else {
      const size = wire === 1 ? 8 : wire === 5 ? 4 : Number(varint());
      if (wire > 2 && wire !== 5) throw new Error(`wire type ${wire}`);
      if (at + size > bytes.length) throw new Error("breaks off");
      raw = bytes.subarray(at, at + size);
      at += size;
    }
    const known = fields[field];
    if (known === undefined) throw new Error(`field ${field}`);
    const [name, kind, repeated] = known;
    const value = interpret(raw, kind);
    const list = message[name];
    if (repeated && Array.isArray(list)) list.push(value);
    else message[name] = value;
  }
  return message;
}

function interpret(raw: bigint | Buffer, kind: Kind): unknown {
  if (typeof raw === "bigint") {
    if (kind === "number") return Number(raw);
    if (kind === "long") return raw;
    if (kind === "bool") return raw !== 0n;
    throw new Error("a varint in a field that has none");
  }
  if (kind === "float") return raw.readFloatLE(0);
  if (kind === "double") return raw.readDoubleLE(0);
  if (kind === "string") return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  if (kind === "bytes") return new Uint8Array(raw);
  if (typeof kind === "function") return read(raw, kind);
  throw new Error("bytes in a field of varints");
}
