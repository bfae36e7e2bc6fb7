import { readdirSync, readFileSync } from "node:fs";

import type { PlantProcess } from "../test/plant.ts";
import { query } from "./database-query.ts";
import type { ExactPlant } from "./exact-plant.ts";
import type { Gateway } from "./gateway.ts";

export type Scene = { exact: ExactPlant; gateway: Gateway; random: () => number };

/** Takes the fault away again. What it needs to be up comes earlier in the order of `stage`. */
type Mend = { stage: "ground" | "process"; mend: () => Promise<void> };

export type Fault = {
  /** `kind target`, as the report counts it. */
  name: string;
  /** No two faults of one trial hit the same part. */
  part: string;
  /** False where this machine or this plant cannot have it. */
  isPossible: (exact: ExactPlant, gateway: Gateway) => boolean;
  begin: (scene: Scene) => Promise<Mend>;
};

const hourMs = 3_600_000;
const anywhere = () => true;

type ProcessName = "agent" | "ingest" | "core" | "worker";
const processNames: readonly ProcessName[] = ["agent", "ingest", "core", "worker"];

/** Everything that can be done to the plant. */
export const faults: readonly Fault[] = [
  ...processNames.flatMap((name) => [killProcess(name), pauseProcess(name)]),
  killBroker(),
  pauseBroker(),
  killPostmaster(),
  killBackend(),
  pauseDatabase(),
  cut("broker", ({ exact }) => exact.brokerWire),
  cut("plc", ({ gateway }) => gateway.plcWire),
  cut("database", ({ exact }) => exact.databaseWire),
  fillEdgeDisk(),
  fillDatabaseDisk(),
  jumpClock(),
];

export function processOf({ exact, gateway }: Pick<Scene, "exact" | "gateway">, name: ProcessName) {
  return name === "agent" ? gateway.agent : exact.plant[name];
}

/** Starts again what has ended by itself, as the supervisor of a plant does; returns their names. */
export async function revive(scene: Scene): Promise<ProcessName[]> {
  const ended = processNames.filter((name) => !processOf(scene, name).isRunning);
  for (const name of ended) await processOf(scene, name).start();
  return ended;
}

function killProcess(name: ProcessName): Fault {
  return {
    name: `kill ${name}`,
    part: name,
    isPossible: anywhere,
    begin: async (scene) => {
      const victim = processOf(scene, name);
      await victim.kill();
      return { stage: "process", mend: () => startOnce(victim) };
    },
  };
}

function pauseProcess(name: ProcessName): Fault {
  return {
    name: `pause ${name}`,
    part: name,
    isPossible: anywhere,
    begin: async (scene) => pause([processOf(scene, name).pid]),
  };
}

function killBroker(): Fault {
  return {
    name: "kill broker",
    part: "broker",
    isPossible: ({ mosquitto }) => mosquitto !== null,
    begin: async ({ exact: { mosquitto } }) => {
      await mosquitto?.kill();
      return { stage: "ground", mend: async () => mosquitto?.start() };
    },
  };
}

function pauseBroker(): Fault {
  return {
    name: "pause broker",
    part: "broker",
    isPossible: ({ mosquitto }) => mosquitto !== null,
    begin: async ({ exact: { mosquitto } }) => pause(mosquitto === null ? [] : [mosquitto.pid()]),
  };
}

/** The whole server: sessions die, and it recovers from its log. */
function killPostmaster(): Fault {
  return {
    name: "kill database",
    part: "database",
    isPossible: anywhere,
    begin: async ({ exact: { server } }) => {
      await server.expectKill();
      kill(server.pid, "SIGKILL");
      return { stage: "ground", mend: () => server.answers() };
    },
  };
}

/** One session, often in the middle of a transaction; PostgreSQL then ends all and recovers. */
function killBackend(): Fault {
  return {
    name: "kill backend",
    part: "database",
    isPossible: anywhere,
    begin: async ({ exact: { server }, random }) => {
      const backends = await query<{ pid: number }>(
        server.superuserUrl(),
        `select pid from pg_stat_activity
          where backend_type = 'client backend' and pid <> pg_backend_pid()
          order by pid`,
      );
      const victim = backends[Math.floor(random() * backends.length)];
      if (victim !== undefined) kill(victim.pid, "SIGKILL");
      return { stage: "ground", mend: () => server.answers() };
    },
  };
}

function pauseDatabase(): Fault {
  return {
    name: "pause database",
    part: "database",
    isPossible: anywhere,
    begin: async ({ exact: { server } }) => pause([server.pid, ...childrenOf(server.pid)]),
  };
}

function cut(name: string, wireOf: (scene: Scene) => { cut(): void; mend(): void }): Fault {
  return {
    name: `cut ${name}`,
    part: `${name} wire`,
    isPossible: anywhere,
    begin: async (scene) => {
      const wire = wireOf(scene);
      wire.cut();
      return { stage: "ground", mend: async () => wire.mend() };
    },
  };
}

function fillEdgeDisk(): Fault {
  return {
    name: "full disk agent",
    part: "agent disk",
    isPossible: (_, { disk }) => disk !== null,
    begin: async ({ gateway: { disk } }) => {
      disk?.fill();
      return { stage: "ground", mend: async () => disk?.free() };
    },
  };
}

function fillDatabaseDisk(): Fault {
  return {
    name: "full disk database",
    part: "database",
    isPossible: ({ databaseDisk }) => databaseDisk !== null,
    begin: async ({ exact: { databaseDisk, server } }) => {
      databaseDisk?.fill();
      return {
        stage: "ground",
        mend: async () => {
          databaseDisk?.free();
          await server.answers();
        },
      };
    },
  };
}

/** Forward or back, by seconds to an hour, and at the end of the trial to the right time again. */
function jumpClock(): Fault {
  return {
    name: "clock jump agent",
    part: "agent clock",
    isPossible: anywhere,
    begin: async ({ gateway, random }) => {
      const sign = random() < 0.5 ? -1 : 1;
      gateway.setClock(Math.round(sign * Math.max(1000, random() ** 3 * hourMs)));
      return { stage: "ground", mend: async () => gateway.setClock(0) };
    },
  };
}

/** A process that was started again meanwhile, or ended by itself, is left to `revive`. */
async function startOnce(victim: PlantProcess): Promise<void> {
  if (!victim.isRunning) await victim.start();
}

function pause(pids: readonly number[]): Mend {
  for (const pid of pids) kill(pid, "SIGSTOP");
  return {
    stage: "ground",
    mend: async () => {
      for (const pid of pids) kill(pid, "SIGCONT");
    },
  };
}

/** One that has gone already needs no signal. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ESRCH
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

function parentOf(pid: string): number | null {
  try {
    // "pid (name) state parent …": the name may contain spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    return Number(fields?.[1]);
  } catch {
    return null;
  }
}
