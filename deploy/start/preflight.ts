import { statfs } from "node:fs/promises";
import { createServer } from "node:net";

import { StartRefusal, messageOf } from "../refusal.ts";
import type { Settings } from "./settings.ts";

// A fresh database with its log takes about 100 MB; below this the first hour could already fail.
const FREE_BYTES_MIN = 300 * 1024 * 1024;

/**
 * Looks before anything is started, so that a refusal leaves nothing behind.
 * @throws StartRefusal for a taken port or a full disk.
 */
export async function refuseWhatCannotWork(settings: Settings): Promise<void> {
  const { host, port, mqttPort, mqttUrl, dataDir } = settings;
  if (mqttUrl === undefined && port === mqttPort) {
    throw new StartRefusal(`PORT and MQTT_PORT are both ${port}: give them different numbers.`);
  }
  await refuseTakenPort({ host, port, name: "PORT", serves: "the web pages" });
  if (mqttUrl === undefined) {
    await refuseTakenPort({ host, port: mqttPort, name: "MQTT_PORT", serves: "the MQTT broker" });
  }
  await refuseFullDisk(dataDir);
}

async function refuseTakenPort(asked: {
  host: string;
  port: number;
  name: string;
  serves: string;
}): Promise<void> {
  const { host, port, name, serves } = asked;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new StartRefusal(portSentence(cause, { host, port, name, serves }), { cause });
  }
  await new Promise((resolve) => server.close(resolve));
}

function portSentence(
  cause: unknown,
  { host, port, name, serves }: { host: string; port: number; name: string; serves: string },
): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const place = `Port ${port} on ${host}, meant for ${serves},`;
  if (code === "EADDRINUSE") {
    return `${place} is taken by another program: stop that one, or set ${name} to a free port.`;
  }
  if (code === "EACCES") {
    return `${place} may only be opened by root: set ${name} to a port above 1023.`;
  }
  return `${place} cannot be opened (${messageOf(cause)}): check HOST and ${name}.`;
}

/** DATA_DIR exists by then, or its parent decides. @throws StartRefusal below 300 MB. */
export async function refuseFullDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= FREE_BYTES_MIN) return;
  const megabytes = Math.floor(freeBytes / 1024 / 1024);
  throw new StartRefusal(
    `The disk of ${folder} has ${megabytes} MB left and Millwright needs ${FREE_BYTES_MIN / 1024 / 1024} MB to start: ` +
      `free some space, or set DATA_DIR to another disk.`,
  );
}
