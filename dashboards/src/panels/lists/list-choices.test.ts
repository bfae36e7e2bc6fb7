import { expect, test } from "vitest";

import { readChoices } from "./list-choices.ts";

test("reads what was kept", () => {
  const kept = { hidden: ["cost"], saved: [{ name: "Bought", search: { kind: "buy" } }] };
  expect(readChoices(JSON.stringify(kept))).toEqual(kept);
});

test.each(["", "null", "7", "{", '{"hidden":"cost","saved":[{"name":1}]}'])(
  "takes %j as no choice",
  (text) => {
    expect(readChoices(text)).toEqual({ hidden: [], saved: [] });
  },
);
