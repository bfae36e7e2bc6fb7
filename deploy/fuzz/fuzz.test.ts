import { expect, it } from "vitest";

import { fuzzBrokerFront } from "./broker-front.ts";
import { fuzzLogFolders } from "./log-folder.ts";
import { fuzz } from "./run.ts";
import { pureTargets } from "./targets.ts";

// New inputs in each run; a failure prints the seed that repeats it.
const seed = Date.now() % 1_000_000;

it.each(Object.entries(pureTargets))("the %s reader takes any bytes", (name, target) => {
  expect(fuzz(name, target, { runs: 20_000, seed }).runs).toBe(20_000);
});

it(
  "a log opens on damaged segments, reads what is left and takes more",
  { timeout: 60_000 },
  async () => {
    const { log } = pureTargets;
    expect(log && (await fuzzLogFolders(log, { runs: 40, seed })).runs).toBe(40);
  },
);

it("the broker's process serves others after any bytes", { timeout: 60_000 }, async () => {
  expect((await fuzzBrokerFront({ runs: 300, seed })).runs).toBe(300);
});

it("notices a reader that crashes, and names the seed", () => {
  const fragile = {
    corpus: [Buffer.from("abc")],
    run: (input: Buffer) => {
      if (input.length > 3) throw new TypeError("crash");
    },
  };
  expect(() => fuzz("fragile", fragile, { runs: 1000, seed: 7 })).toThrow(
    /fragile: --runs 1 --seed \d+ fails on/,
  );
});
