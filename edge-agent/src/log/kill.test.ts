import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { pino } from "pino";
import { expect, test } from "vitest";

import { DurableLog } from "./durable-log.ts";

const victim = join(import.meta.dirname, "appender.fixture.ts");

/** Starts the appender, kills it after `lines` records, and returns the records it called durable. */
async function killAfter(folder: string, lines: number): Promise<string[]> {
  const child = spawn(process.execPath, [victim, folder], { stdio: ["ignore", "pipe", "inherit"] });
  const durable: string[] = [];
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    durable.push(line);
    if (durable.length === lines) child.kill("SIGKILL");
  }
  await exited;
  return durable;
}

test("killed at any point, no durable record is lost and no offset is given twice", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mw-kill-"));
  const seen = new Set<string>();
  for (const lines of [1, 37, 200, 55]) {
    for (const record of await killAfter(folder, lines)) {
      expect(seen.has(record)).toBe(false);
      seen.add(record);
    }
  }
  await using log = await DurableLog.open({
    folder,
    diskBytesMax: 64 * 1024 * 1024,
    log: pino({ level: "silent" }),
  });
  await using reader = log.reader();
  const found = new Set<string>();
  for (let offset = log.firstOffset; offset < log.durableEnd;) {
    const records = await reader.read(offset, 500);
    for (const record of records) {
      expect(record.body.toString()).toMatch(new RegExp(`^${record.offset}:x+$`));
      found.add(`${log.epoch} ${record.offset}`);
    }
    offset = (records.at(-1)?.offset ?? log.durableEnd) + 1;
  }
  expect([...seen].filter((record) => !found.has(record))).toEqual([]);
  await rm(folder, { recursive: true });
}, 60_000);
