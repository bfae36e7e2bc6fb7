import { type Sort, sortsOf } from "@millwright/contracts/states/sorts";

/** How a list is sorted, out of a URL; what the list cannot be sorted by is left out. */
export function readSort<const Field extends string>(
  asked: unknown,
  fields: readonly Field[],
): { sort?: Sort<Field> } {
  const sort = sortsOf(fields).find((one) => one === asked);
  return sort === undefined ? {} : { sort };
}

/** A text of a URL, at most 100 characters. The router reads `?search=123` as a number. */
export function textOf(value: unknown): string {
  const isText = typeof value === "string" || typeof value === "number";
  return isText ? String(value).slice(0, 100) : "";
}
