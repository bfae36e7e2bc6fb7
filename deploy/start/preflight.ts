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
  const { host, port, mqttHost, mqttPort, mqttUrl, dataDir } = settings;
  if (mqttUrl === undefined && port === mqttPort) {
    throw new StartRefusal(`PORT and MQTT_PORT are both ${port}: give them different numbers.`);
  }
  await refuseTakenPort({
    host,
    port,
    names: { host: "HOST", port: "PORT" },
    serves: "the web pages",
  });
  if (mqttUrl === undefined) {
    await refuseTakenPort({
      host: mqttHost,
      port: mqttPort,
      names: { host: "MQTT_HOST", port: "MQTT_PORT" },
      serves: "the MQTT broker",
    });
  }
  await refuseFullDisk(dataDir);
}

type AskedPort = {
  host: string;
  port: number;
  /** The variables to change. */
  names: { host: string; port: string };
  serves: string;
};

async function refuseTakenPort(asked: AskedPort): Promise<void> {
  const { host, port } = asked;
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
  } catch (cause) {
    throw new StartRefusal(portSentence(cause, asked), { cause });
  }
  await new Promise((resolve) => server.close(resolve));
}

function portSentence(cause: unknown, { host, port, names, serves }: AskedPort): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const place = `Port ${port} on ${host}, meant for ${serves},`;
  if (code === "EADDRINUSE") {
    return `${place} is taken by another program: stop that one, or set ${names.port} to a free port.`;
  }
  if (code === "EACCES") {
    return `${place} may only be opened by root: set ${names.port} to a port above 1023.`;
  }
  return `${place} cannot be opened (${messageOf(cause)}): check ${names.host} and ${names.port}.`;
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
