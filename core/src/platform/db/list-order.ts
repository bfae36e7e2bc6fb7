import type { Sort } from "@millwright/contracts/states/sorts";
import { type RawBuilder, sql } from "kysely";

/** How values are compared, and what they look like in a cursor. */
type Kind = keyof typeof kinds;

/** One thing rows are ordered by: in SQL, and as the row that was read says it. */
type Part<Row, Value> = { by: RawBuilder<unknown>; as: Kind; of: (row: Row) => Value };

/** A list that can be sorted by its fields; between equal ones its own order decides, row by row. */
export type OrderedList<Row, Field extends string> = {
  /** Together they are those of one row only. */
  key: readonly Part<Row, string>[];
  /** Whether the list's own order is from the greatest key on: newest first. */
  isDescending?: boolean;
  /** Null: the row has no such value, and comes last. */
  fields: Readonly<Record<Field, Part<Row, string | number | null>>>;
};

/** One order of a list and how its pages are cut. */
export type ListOrder<Row> = {
  /** `order by` of the statement. */
  orderBy: RawBuilder<unknown>;
  /** Of the rows after a key; true of all when it is null. */
  after: (key: readonly string[] | null) => RawBuilder<unknown>;
  /** What the rows after this one come after. */
  keyOf: (row: Row) => readonly string[];
  /** What the parts of such a key look like; a key of another order does not fit. */
  shapes: readonly RegExp[];
};

/**
 * The order `sort` asks for, or the list's own. Pages are cut by the last row's values, not by counting:
 * a page deep in the list costs what the first one does, and rows that come and go shift nothing.
 */
export function orderOf<Row, Field extends string>(
  list: OrderedList<Row, Field>,
  sort: Sort<Field> | undefined,
): ListOrder<Row> {
  const own = ownOrder(list);
  if (sort === undefined) return own;
  const isDown = sort.startsWith("-");
  // Checked by the schema of the list: a minus or not, and one of its fields.
  const field = list.fields[(isDown ? sort.slice(1) : sort) as Field];
  const { order, cast } = kinds[field.as];
  const by = order(field.by);
  return {
    orderBy: sql`${by} ${sql.raw(isDown ? "desc" : "asc")} nulls last, ${own.orderBy}`,
    after: (key) => {
      if (key === null) return sql`true`;
      const [, value = "", ...ownKey] = key;
      const isNext = own.after(ownKey);
      if (value === "") return sql`(${by} is null and ${isNext})`;
      const last = cast(value.slice(1));
      const beyond = sql.raw(isDown ? "<" : ">");
      return sql`(${by} ${beyond} ${last} or (${by} = ${last} and ${isNext}) or ${by} is null)`;
    },
    keyOf: (row) => {
      const value = field.of(row);
      return [sort, value === null ? "" : `=${value}`, ...own.keyOf(row)];
    },
    shapes: [new RegExp(`^${sort}$`), shapes[field.as].maybe, ...own.shapes],
  };
}

function ownOrder<Row>({
  key,
  isDescending = false,
}: Pick<OrderedList<Row, never>, "key" | "isDescending">): ListOrder<Row> {
  const columns = sql.join(key.map(({ by }) => by));
  const direction = sql.raw(isDescending ? "desc" : "asc");
  return {
    orderBy: sql.join(key.map(({ by }) => sql`${by} ${direction}`)),
    after: (parts) => {
      if (parts === null) return sql`true`;
      const values = key.map(({ as }, index) => kinds[as].cast(parts[index] ?? ""));
      return sql`(${columns}) ${sql.raw(isDescending ? "<" : ">")} (${sql.join(values)})`;
    },
    keyOf: (row) => key.map(({ of }) => of(row)),
    shapes: key.map(({ as }) => shapes[as].present),
  };
}

const asItIs = (by: RawBuilder<unknown>) => by;
const day = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;

const kinds = {
  /** Words of people: as a dictionary has them, whatever the database's own order is. */
  text: {
    order: (by: RawBuilder<unknown>) => sql`${by} collate "und-x-icu"`,
    cast: (value: string) => sql`${value}::text`,
    shape: ".*",
  },
  /** Codes and numbers that people give: in the order of the index that keeps them unique. */
  code: { order: asItIs, cast: (value: string) => sql`${value}::text`, shape: ".*" },
  uuid: { order: asItIs, cast: (value: string) => sql`${value}::uuid`, shape: "[0-9a-f-]{36}" },
  number: {
    order: asItIs,
    cast: (value: string) => sql`${value}::numeric`,
    shape: String.raw`-?\d{1,40}(?:\.\d{1,40})?`,
  },
  integer: {
    order: asItIs,
    cast: (value: string) => sql`${value}::bigint`,
    shape: String.raw`-?\d{1,15}`,
  },
  day: { order: asItIs, cast: (value: string) => sql`${value}::date`, shape: day },
  /** To the millisecond, which is what a row says of it. */
  time: {
    order: (by: RawBuilder<unknown>) => sql`date_trunc('milliseconds', ${by})`,
    cast: (value: string) => sql`${value}::timestamptz`,
    shape: String.raw`${day}T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z`,
  },
} as const;

/** Of the parts of a cursor: a value, and one that may be missing. Made once, not with every page. */
const shapes = Object.fromEntries(
  Object.entries(kinds).map(([kind, { shape }]) => [
    kind,
    { present: new RegExp(`^${shape}$`, "s"), maybe: new RegExp(`^(?:=${shape})?$`, "s") },
  ]),
) as Record<Kind, { present: RegExp; maybe: RegExp }>;
