import { healthSchema } from "@millwright/contracts/api";
import { setTimeout as delay } from "node:timers/promises";

import { secret } from "./database/secrets.ts";
import { StartRefusal, messageOf } from "./refusal.ts";
import { helperKey } from "./seed/helper-keys.ts";
import { nearestFolder, openDataDir } from "./start/data-dir.ts";
import { askGateways } from "./start/gateways.ts";
import { residentBytes } from "./start/memory.ts";
import { askSetupLink } from "./start/setup-link.ts";
import { Plant, hostInUrl } from "./start/plant.ts";
import { refuseFullDisk, refuseWhatCannotWork } from "./start/preflight.ts";
import { type Settings, readSettings } from "./start/settings.ts";
import { startTable } from "./start/table.ts";

// npm and the terminal both deliver one Ctrl-C, and a closing terminal sends SIGHUP after it; only a
// later Ctrl-C or SIGTERM means "now". (package.json starts us by `exec`: a shell between npm and us
// would end at once, and npm with it, while we still stop.)
const SECOND_SIGNAL_AFTER_MS = 1_000;
const HEALTHY_DEADLINE_MS = 15_000;

/** `npm start`: the whole plant on one machine, until Ctrl-C. */
async function main(): Promise<number> {
  const settings = readSettings(process.env, process.argv.slice(2));
  await refuseFullDisk(nearestFolder(settings.dataDir));
  openDataDir(settings.dataDir);
  await refuseWhatCannotWork(settings);

  const plant = new Plant(settings, say);
  const asked = untilAskedToStop(plant);
  try {
    const running = await Promise.race([plant.start(), asked]);
    if (running === "stop") return 0;
    const health = await untilHealthy(settings);
    const gateways = await askGateways(
      coreUrl(settings),
      await helperKey(settings.dataDir, "start"),
    );
    const setupLink = await askSetupLink(coreUrl(settings), secret(settings.dataDir, "setup-code"));
    say(
      startTable({
        settings,
        running,
        health,
        gateways,
        setupLink,
        residentBytes: residentBytes(),
        startMs: performance.now(),
      }),
    );
    say("Ctrl-C stops everything.");
    const failure = await Promise.race([asked, running.database.server?.failed ?? asked]);
    if (failure === "stop") return 0;
    throw new StartRefusal(`Everything was stopped: ${failure}`);
  } finally {
    await plant.stop();
  }
}

function untilAskedToStop(plant: Plant): Promise<"stop"> {
  let firstAt = 0;
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        if (firstAt === 0) {
          firstAt = Date.now();
          say("stopping …");
          resolve("stop");
        } else if (signal !== "SIGHUP" && Date.now() - firstAt > SECOND_SIGNAL_AFTER_MS) {
          plant.kill();
          process.exit(1);
        }
      });
    }
  });
}

// What the health page says, once it no longer says `down`; bounded, because a table late is worse.
async function untilHealthy(settings: Settings): Promise<string> {
  const giveUpAt = Date.now() + HEALTHY_DEADLINE_MS;
  for (;;) {
    const health = await askHealth(`${coreUrl(settings)}/api/health`);
    if (health !== "down" || Date.now() > giveUpAt) return health;
    await delay(100);
  }
}

function coreUrl({ host, port }: Settings): string {
  return `http://${hostInUrl(host)}:${port}`;
}

async function askHealth(url: string): Promise<"ok" | "degraded" | "down"> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return healthSchema.parse(await response.json()).status;
  } catch {
    return "down";
  }
}

// Whatever a disk or a permission refuses is for the person at the keyboard; the rest is a bug of ours.
function sentenceFor(error: unknown): string {
  if (error instanceof StartRefusal) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return `The disk is full (${messageOf(error)}): free some space, or set DATA_DIR to another disk.`;
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `A file cannot be written (${messageOf(error)}): make it writable, or set DATA_DIR to another folder.`;
    default:
      return error instanceof Error && error.stack !== undefined ? error.stack : String(error);
  }
}

function say(text: string): void {
  console.log(text);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(sentenceFor(error));
  process.exitCode = 1;
}
// Children and the database are gone by now; nothing else may keep a stopped plant alive.
process.exit();
