import { expect, it } from "vitest";

import { mosquittoAvailable } from "../test/mosquitto.ts";
import { allIds, judge } from "./judge.ts";
import { recordAll } from "./record.ts";

// Its release notes count 299 assertions and call one of them not testable, without saying which.
it("names each id of the specification once", () => {
  const ids = allIds();
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(299);
});

it.skipIf(!mosquittoAvailable())(
  "keeps every id it covers, and notices each violating trace",
  { timeout: 120_000 },
  async () => {
    const verdicts = judge(await recordAll());
    expect(verdicts.filter(({ result }) => result !== "passed")).toEqual([]);
    expect(verdicts.length).toBeGreaterThanOrEqual(276);
  },
);
