import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";

import { freePort } from "./plant.ts";
import { until } from "./until.ts";

export type TestRedis = AsyncDisposable & { readonly port: number; readonly url: string };

/** A Redis server of one test on a free port, without persistence; it ends with the test. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const server = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { stdio: "ignore" },
  );
  const onExit = () => server.kill("SIGKILL");
  process.once("exit", onExit);
  await until("Redis answers", () => accepts(port, server));
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      process.off("exit", onExit);
      if (server.exitCode !== null) return;
      server.kill("SIGTERM");
      await once(server, "exit");
    },
  };
}

async function accepts(port: number, server: ChildProcess): Promise<boolean> {
  if (server.exitCode !== null) throw new Error(`redis-server ended with ${server.exitCode}`);
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } finally {
    socket.destroy();
  }
}
