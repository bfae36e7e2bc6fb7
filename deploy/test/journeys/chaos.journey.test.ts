import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { expect, test } from "vitest";

// Ten trials take some two minutes; the whole chain hangs when they take four.
const deadlineMs = 240_000;

test(
  "ten trials of kills, cuts, full disks, clock jumps, a day's outage: sent = stored = counted",
  () => {
    const script = join(import.meta.dirname, "../../chaos/exactness.ts");
    const seed = String(Date.now() % 1_000_000);
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [script, "--trials", "10", "--seed", seed],
      { encoding: "utf8", timeout: deadlineMs - 10_000 },
    );
    const result: unknown = JSON.parse(stdout.trim().split("\n").at(-1) || "null");
    // The seed is part of what is printed, so a failure can be repeated.
    expect(result, `seed ${seed}\n${stderr.slice(-20_000)}`).toEqual(
      expect.objectContaining({ trials: 10, lost: 0, duplicated: 0, gaps_wrong: 0 }),
    );
    expect(result).not.toHaveProperty("failure");
    expect((result as { sent: number }).sent).toBeGreaterThan(10_000);
  },
  deadlineMs,
);
