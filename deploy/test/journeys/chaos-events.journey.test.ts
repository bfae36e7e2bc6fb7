import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect, test } from "vitest";

test("kill -9 of writer, subscriber and database loses no event and applies none twice", () => {
  const script = join(import.meta.dirname, "../../chaos/events.ts");
  const seed = String(Date.now() % 1_000_000);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [script, "--trials", "6", "--seed", seed],
    { encoding: "utf8" },
  );
  const result: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
  // The seed is part of what is printed, so a failure can be repeated.
  expect(result, stderr).toEqual({
    trials: 6,
    lost: 0,
    doubled: 0,
    seed: Number(seed),
    events: expect.any(Number) as number,
    kills: expect.any(Object) as object,
  });
});
