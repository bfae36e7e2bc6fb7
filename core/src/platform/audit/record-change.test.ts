import { expect, test } from "vitest";

import { changesBetween } from "./record-change.ts";

test("only fields that differ are told, by name", () => {
  expect(
    changesBetween(
      { number: "A-1", name: "Shaft", uom: "pc" },
      { uom: "pc", name: "Drive shaft", number: "A-1" },
    ),
  ).toEqual([{ field: "name", before: "Shaft", after: "Drive shaft" }]);
});

test("a new record has no before, a removed one no after", () => {
  expect(changesBetween(null, { name: "Shaft", note: null })).toEqual([
    { field: "name", before: null, after: "Shaft" },
  ]);
  expect(changesBetween({ name: "Shaft" }, null)).toEqual([
    { field: "name", before: "Shaft", after: null },
  ]);
});

test("a sensitive field tells that it changed, was set or was cleared, and no value", () => {
  expect(
    changesBetween(
      { passwordHash: "$argon2id$a", totpSecret: null, apiKey: "k" },
      { passwordHash: "$argon2id$b", totpSecret: "JBSWY3DP", apiKey: null },
    ),
  ).toEqual([
    { field: "apiKey", before: "•••", after: null },
    { field: "passwordHash", before: "•••", after: "•••" },
    { field: "totpSecret", before: null, after: "•••" },
  ]);
});

test("nested values are compared by content and masked inside", () => {
  const before = { contact: { name: "Mei", phone: "1" } };
  expect(changesBetween(before, { contact: { phone: "1", name: "Mei" } })).toEqual([]);
  expect(changesBetween(before, { contact: { name: "Mei", phone: "1", pin: "1234" } })).toEqual([
    {
      field: "contact",
      before: { name: "Mei", phone: "1" },
      after: { name: "Mei", phone: "1", pin: "•••" },
    },
  ]);
});

test("dates, big integers and undefined are compared as they are stored", () => {
  const at = new Date("2026-11-21T10:00:00Z");
  expect(
    changesBetween({ at, version: 1n }, { at: new Date(at), version: 1n, note: undefined }),
  ).toEqual([]);
});
