/**
 * The process of the machines: simulates the bracket line and serves it over Modbus TCP and
 * OPC UA. Started by main.ts; `{type:"ready", ports}` says where everything listens.
 */
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { z } from "zod";

import {
  advancePlant,
  buildPlant,
  type Plant,
  type PlantMemory,
  plantMemorySchema,
  rememberPlant,
  stepMs,
} from "./machines/plant.ts";
import { createLog } from "./log.ts";
import { aroundTheClock, shiftCalendar } from "./machines/shifts.ts";
import { onStop } from "./on-stop.ts";
import { type Ports, servePlant } from "./servers/serve-plant.ts";

const log = createLog("demo-machines");

const options = z
  .object({
    data: z.string().min(1),
    seed: z.coerce.number().int(),
    speed: z.coerce.number().positive().max(1_000),
    "no-breaks": z.boolean().default(false),
  })
  .parse(
    parseArgs({
      options: {
        data: { type: "string" },
        seed: { type: "string" },
        speed: { type: "string" },
        "no-breaks": { type: "boolean" },
      },
    }).values,
  );

/** Sent by main.ts when the API has told the site's time zone. */
const timeZoneMessage = z.object({ type: z.literal("time_zone"), timeZone: z.string() });

/** How often real time is turned into simulated steps. */
const tickMs = 100;
/** After a suspended laptop wakes up, the line does not make up for the night. */
const lagMsMax = 5_000;

const portsFile = join(options.data, "ports.json");
const memoryFile = join(options.data, "retained.json");

const memory = await takeMemory();
const plant = buildPlant({
  seed: options.seed,
  calendar: aroundTheClock,
  ...(memory ? { memory } : {}),
});
const served = await servePlant(plant, {
  ports: await readPorts(),
  pkiDir: join(options.data, "pki"),
});
await writeFile(portsFile, JSON.stringify(served.ports, null, 2));
const timer = startTime(plant);
process.on("message", (message) => {
  const told = timeZoneMessage.safeParse(message);
  if (told.success && !options["no-breaks"]) plant.calendar = shiftCalendar(told.data.timeZone);
});
onStop(log, async () => {
  clearInterval(timer);
  await served[Symbol.asyncDispose]();
  await keepMemory(rememberPlant(plant));
});
process.send?.({ type: "ready", ports: served.ports });
log.info({ ports: served.ports, seed: options.seed, speed: options.speed }, "machines run");

function startTime(running: Plant): NodeJS.Timeout {
  let last = performance.now();
  let owedMs = 0;
  return setInterval(() => {
    const now = performance.now();
    owedMs += Math.min(now - last, lagMsMax) * options.speed;
    last = now;
    const steps = Math.floor(owedMs / stepMs);
    owedMs -= steps * stepMs;
    advancePlant(running, steps, Date.now());
  }, tickMs);
}

/**
 * Retained memory of a clean stop. It is taken away when read: after a crash the counters must
 * start at 0, as a PLC's do when it lost its memory, and not at an older value, which would look
 * like a reset and be counted twice.
 */
async function takeMemory(): Promise<PlantMemory | null> {
  try {
    const text = await readFile(memoryFile, "utf8");
    await rm(memoryFile);
    return plantMemorySchema.parse(JSON.parse(text));
  } catch (error) {
    if (isMissing(error)) return null;
    log.warn({ err: error }, "the machines' retained memory is not readable: they start at 0");
    return null;
  }
}

async function keepMemory(remembered: PlantMemory): Promise<void> {
  await writeFile(`${memoryFile}.new`, JSON.stringify(remembered));
  await rename(`${memoryFile}.new`, memoryFile);
}

/** The ports of the last start, so that a gateway's configuration stays true. */
async function readPorts(): Promise<Ports> {
  try {
    const text = await readFile(portsFile, "utf8");
    return z.record(z.string(), z.number().int()).parse(JSON.parse(text));
  } catch {
    // No file, or one we cannot read: free ports do.
    return {};
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
