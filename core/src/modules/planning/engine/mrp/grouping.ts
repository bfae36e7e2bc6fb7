import { int32Column } from "./columns.ts";

/** Rows of a table by point: those of point p are `row[first[p]]` to `row[first[p + 1] - 1]`. */
export type Grouping = { readonly first: Int32Array; readonly row: Int32Array };

/** Value of a point column in a checked input: this row was refused and takes no part. */
export const refusedRow = -1;

/** Groups rows by point, rows of one point in table order. Refused rows are in no group. */
export function groupByPoint(point: Int32Array, rows: number, points: number): Grouping {
  const first = firstOfGroups(point, rows, points);
  const grouped = int32Column(first[points] ?? 0);
  const next = first.slice(0, points);
  for (let row = 0; row < rows; row += 1) {
    const of = point[row] ?? refusedRow;
    if (of === refusedRow) continue;
    const place = next[of] ?? 0;
    grouped[place] = row;
    next[of] = place + 1;
  }
  return { first, row: grouped };
}

/** Where the group of each point starts; one more entry than points, so the last group ends too. */
export function firstOfGroups(point: Int32Array, rows: number, points: number): Int32Array {
  const first = int32Column(points + 1);
  for (let row = 0; row < rows; row += 1) {
    const of = point[row] ?? refusedRow;
    if (of !== refusedRow) first[of + 1] = (first[of + 1] ?? 0) + 1;
  }
  for (let of = 0; of < points; of += 1) first[of + 1] = (first[of + 1] ?? 0) + (first[of] ?? 0);
  return first;
}
