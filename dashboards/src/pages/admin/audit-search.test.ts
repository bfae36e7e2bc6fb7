import { expect, test } from "vitest";

import { readAuditSearch } from "./audit-search.ts";

test("reads what it understands and leaves out the rest", () => {
  const good = { actor: "Mei", kind: "person", objectType: "user", from: "2026-11-01" };
  expect(readAuditSearch(good)).toEqual(good);
  expect(readAuditSearch({ actor: 7 })).toEqual({ actor: "7" });
  const bad = { kind: "dog", objectType: "X;", type: 4.5, from: "2026-13-45", to: "tomorrow" };
  expect(readAuditSearch(bad)).toEqual({});
});
