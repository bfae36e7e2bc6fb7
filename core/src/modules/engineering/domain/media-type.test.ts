import { expect, test } from "vitest";

import { mediaTypeOf } from "./media-type.ts";

test.each([
  ["%PDF-1.7\n", "application/pdf"],
  ["ISO-10303-21;\nHEADER;", "model/step"],
  ['<?xml version="1.0"?>\n<!-- Made by hand -->\n<svg xmlns="x">', "image/svg+xml"],
  ["<svg>", "image/svg+xml"],
  ["<html><svg>", null],
  ["<!-- <svg> --><script>", null],
  ["MZ", null],
  ["", null],
])("%j is %s", (text, type) => {
  expect(mediaTypeOf(new TextEncoder().encode(text))).toBe(type);
});

test.each([
  [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0], "image/png"],
  [[0xff, 0xd8, 0xff, 0xe0], "image/jpeg"],
  [[0xff, 0xd8], null],
])("bytes %j are %s", (bytes, type) => {
  expect(mediaTypeOf(Uint8Array.from(bytes))).toBe(type);
});
