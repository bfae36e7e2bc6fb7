import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pino } from "pino";

import { DurableLog } from "../../edge-agent/src/log/durable-log.ts";
import { nextInput, seededRandom } from "./input.ts";
import type { Tally } from "./run.ts";
import type { Target } from "./targets.ts";

const recordsMax = 1000;

/**
 * Opens a log on damaged segment files, as a gateway does after a power cut, reads what is left and
 * appends to it. @throws Error with the seed of the folder that failed.
 */
export async function fuzzLogFolders(
  target: Target,
  { runs, seed }: { runs: number; seed: number },
): Promise<Tally> {
  const start = process.memoryUsage.rss();
  for (let index = 0; index < runs; index += 1) {
    const random = seededRandom(seed + index);
    const folder = await mkdtemp(join(tmpdir(), "mw-fuzz-"));
    try {
      for (const base of [1, 4]) {
        const name = `${String(base).padStart(16, "0")}.seg`;
        await writeFile(join(folder, name), nextInput(random, target.corpus));
      }
      await openAndRead(folder);
    } catch (error) {
      throw new Error(`log folder: --runs 1 --seed ${seed + index} fails`, { cause: error });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  const growth = process.memoryUsage.rss() - start;
  return { runs, rssGrowthMb: Math.round(growth / 1024 / 1024) };
}

async function openAndRead(folder: string): Promise<void> {
  const log = pino({ level: "silent" });
  await using opened = await DurableLog.open({ folder, diskBytesMax: 64 * 1024 * 1024, log });
  const appended = opened.append(Buffer.from("after the damage"));
  await opened.flush();
  await using reader = opened.reader();
  let next = opened.firstOffset;
  let last: string | undefined;
  for (let turns = 0; turns < recordsMax; turns += 1) {
    const records = await reader.read(next, 100);
    const end = records.at(-1);
    if (end === undefined) break;
    next = end.offset + 1;
    last = end.body.toString();
  }
  if (appended === null || last !== "after the damage")
    throw new Error("the new record is not read");
}
