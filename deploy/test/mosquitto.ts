import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { freePort } from "./plant.ts";

/** Debian puts it in sbin, which an ordinary user's PATH lacks. */
const searchPath = `${process.env["PATH"] ?? ""}:/usr/sbin:/usr/local/sbin`;

export function mosquittoAvailable(): boolean {
  try {
    execFileSync("mosquitto", ["-h"], { env: { PATH: searchPath }, stdio: "ignore" });
    return true;
  } catch (error) {
    // `mosquitto -h` prints its help and ends with 3.
    return typeof error === "object" && error !== null && "status" in error && error.status === 3;
  }
}

/** A broker that is not ours, on a free port, that can be killed and started again. */
export async function startMosquitto() {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "millwright-mosquitto-"));
  const file = join(folder, "mosquitto.conf");
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  let child: ChildProcess | null = null;

  const start = async () => {
    child = spawn("mosquitto", ["-c", file], { env: { PATH: searchPath }, stdio: "ignore" });
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (await answers(port)) return;
      await pause(50);
    }
    throw new Error("mosquitto did not open its port within 5 s");
  };
  const kill = async () => {
    const ending = child;
    child = null;
    if (ending === null || ending.exitCode !== null) return;
    const ended = once(ending, "exit");
    ending.kill("SIGKILL");
    await ended;
  };
  await start();
  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    /** Of the broker that runs now. */
    pid: () => {
      if (child?.pid === undefined) throw new Error("mosquitto is not running");
      return child.pid;
    },
    start,
    kill,
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
