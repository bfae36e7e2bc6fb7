/**
 * Columns in memory that threads can share, all 0. The engine keeps what planning a point reads and writes
 * in them, whether or not another thread helps: there is one way to make them.
 */
export function int32Column(length: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * length));
}

export function uint32Column(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * length));
}

export function float64Column(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(8 * length));
}

export function uint8Column(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

export type Column = Int32Array | Uint32Array | Float64Array | Uint8Array;

/** A copy of a column that threads can share. */
export function copyColumn(column: Column): Column {
  const copy = columnLike(column);
  copy.set(column);
  return copy;
}

/** Puts copies in the place of all columns of a table. */
export function copyColumns(table: object): void {
  for (const [name, value] of Object.entries(table)) {
    if (isColumn(value)) Object.assign(table, { [name]: copyColumn(value) });
  }
}

function isColumn(value: unknown): value is Column {
  return (
    value instanceof Int32Array ||
    value instanceof Float64Array ||
    value instanceof Uint8Array ||
    value instanceof Uint32Array
  );
}

function columnLike(column: Column): Column {
  if (column instanceof Int32Array) return int32Column(column.length);
  if (column instanceof Uint32Array) return uint32Column(column.length);
  if (column instanceof Float64Array) return float64Column(column.length);
  return uint8Column(column.length);
}
