/**
 * What is archived, told once for both databases. A row travels as text, one column a field; `check`
 * is a text that is the same in PostgreSQL and DuckDB for the same row, its MD5 is the row's checksum.
 */
export type Dataset = {
  name: "sample" | "machine_time";
  /** Columns of the file: name, DuckDB type, and how PostgreSQL tells it as text DuckDB can cast. */
  columns: readonly { name: string; type: string; text: string }[];
  /** In the terms of PostgreSQL, over `rows`. */
  postgresCheck: string;
  duckdbCheck: string;
  /** Order within the file, so that a metric or a machine is found by the row groups' statistics. */
  order: string;
};

const micros = "(extract(epoch from source_time) * 1000000)::bigint";
/** The 64 bits of a double as an integer: what a double looks like as text differs. */
const postgresBits = (column: string) =>
  `coalesce((('x' || encode(float8send(${column}), 'hex'))::bit(64)::bigint)::text, '-')`;
const duckdbBits = (column: string) => `coalesce((${column}::bit::bigint)::varchar, '-')`;
/** Six places are more than any unit of measure has. */
const exact = "decimal(28, 6)";

export const datasets = {
  sample: {
    name: "sample",
    columns: [
      { name: "metric_id", type: "bigint", text: "metric_id::text" },
      { name: "source_time", type: "timestamptz", text: `${micros}::text` },
      { name: "value", type: "double", text: "value::text" },
      { name: "text_value", type: "varchar", text: "text_value" },
      { name: "quality", type: "smallint", text: "quality::text" },
    ],
    postgresCheck: `concat_ws('|', metric_id, ${micros}, ${postgresBits("value")}, coalesce(text_value, '-'), quality)`,
    duckdbCheck: `concat_ws('|', metric_id, epoch_us(source_time), ${duckdbBits("value")}, coalesce(text_value, '-'), quality)`,
    order: "metric_id, source_time",
  },
  machine_time: {
    name: "machine_time",
    columns: [
      { name: "work_unit_id", type: "varchar", text: "work_unit_id::text" },
      { name: "source_time", type: "timestamptz", text: `${micros}::text` },
      // Either a state, which holds from then on, or pieces of that minute, or a reason code.
      { name: "state", type: "varchar", text: "state" },
      { name: "good", type: exact, text: "good::text" },
      { name: "scrap", type: exact, text: "scrap::text" },
      // Planned run time a piece (PRI) of the operation they belong to; null: they belong to none.
      { name: "run_ms", type: "double", text: "run_ms::text" },
      // Not in the files of days that were archived before machines gave reasons.
      { name: "reason_code", type: "varchar", text: "reason_code" },
    ],
    postgresCheck: `concat_ws('|', work_unit_id, ${micros}, coalesce(state, '-'), coalesce(good::numeric(28, 6)::text, '-'), coalesce(scrap::numeric(28, 6)::text, '-'), ${postgresBits("run_ms")}, coalesce(reason_code, '-'))`,
    duckdbCheck: `concat_ws('|', work_unit_id, epoch_us(source_time), coalesce(state, '-'), coalesce(good::varchar, '-'), coalesce(scrap::varchar, '-'), ${duckdbBits("run_ms")}, coalesce(reason_code, '-'))`,
    order: "work_unit_id, source_time",
  },
} as const satisfies Record<string, Dataset>;

/** 60 bits of the MD5, so that a bigint holds it in both; summed it does not depend on the order. */
export const postgresChecksum = (check: string) =>
  `coalesce(sum(('x' || substr(md5(${check}), 1, 15))::bit(60)::bigint), 0)::text`;
export const duckdbChecksum = (check: string) =>
  `coalesce(sum(('0x' || md5(${check})[1:15])::bigint), 0)::varchar`;
