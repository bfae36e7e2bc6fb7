import { expect, test } from "vitest";

import { readScan } from "./scan.ts";

const gs = String.fromCodePoint(29);
const nothing = { item: null, lot: null, place: null, quantity: null, plain: null };

test.each([
  ["(91)BR-100(92)L-7", { item: "BR-100", lot: "L-7" }],
  [`]d2${gs}91BR-100${gs}92L-7`, { item: "BR-100", lot: "L-7" }],
  ["(93)A-01", { place: "A-01" }],
  [`${gs}93A-01`, { place: "A-01" }],
  ["(01)09521234543213(10)ABC(30)12", { item: "09521234543213", lot: "ABC", quantity: "12" }],
  // A fixed length needs no separator, a variable one does.
  [
    `01095212345432131727123110ABC${gs}3012`,
    { item: "09521234543213", lot: "ABC", quantity: "12" },
  ],
  ["(01)09521234543213(21)SN9", { item: "09521234543213", lot: "SN9" }],
  ["A-01", { plain: "A-01" }],
  ["  4711 ", { plain: "4711" }],
  ["(91)", { item: "" }],
  ["(xx)1", { plain: "(xx)1" }],
])("%j is understood", (text, meaning) => {
  expect(readScan(text)).toEqual({ ...nothing, ...meaning });
});
