import type { TableRow } from "./child.ts";
import { type Gateway, gatewayRow } from "./gateways.ts";
import type { Running } from "./plant.ts";
import { hostInUrl } from "./plant.ts";
import type { Settings } from "./settings.ts";

/** The one table a person needs after a start: where things are, and what it took. */
export function startTable(asked: {
  settings: Settings;
  running: Running;
  health: string;
  /** Null: not known. */
  gateways: readonly Gateway[] | null;
  /** Null: somebody can sign in already. */
  setupLink: string | null;
  residentBytes: number;
  startMs: number;
}): string {
  const { settings, running, health, gateways, setupLink, residentBytes, startMs } = asked;
  const url = `http://${hostInUrl(settings.host)}:${settings.port}`;
  const megabytes = Math.round(residentBytes / 1024 / 1024);
  return box([
    ["Plant", url],
    ...(setupLink === null ? [] : [["First sign-in", setupLink] as const]),
    ["API reference", `${url}/api/docs`],
    ["Health", `${url}/api/health (${health})`],
    ["MQTT broker", brokerIn(settings)],
    ...(running.demoRows.length > 0 ? running.demoRows : [gatewayRow(gateways, url)]),
    ["Database", databaseIn(running)],
    ["Data folder", settings.dataDir],
    ["Started in", `${(startMs / 1000).toFixed(1)} s, ${megabytes} MB resident in all processes`],
  ]);
}

function brokerIn({ mqttUrl, mqttHost, mqttPort }: Settings): string {
  if (mqttUrl !== undefined) return mqttUrl;
  const reached = hostInUrl(mqttHost);
  const note =
    mqttHost === "0.0.0.0" || mqttHost === "::" ? " and on every address of this machine" : "";
  return `mqtt://${reached}:${mqttPort}${note}`;
}

function databaseIn({ database }: Running): string {
  const { server, timescaleVersion, hasSecondFence } = database;
  const timescale =
    timescaleVersion === null ? "without TimescaleDB" : `with TimescaleDB ${timescaleVersion}`;
  if (server === null) {
    const fence = hasSecondFence ? "" : ", one role only (no CREATEROLE)";
    return `your PostgreSQL (DATABASE_URL) ${timescale}${fence}`;
  }
  const account = server.account === null ? "" : `, as ${server.account}`;
  return `PostgreSQL ${server.major} ${timescale}${account}, files in ${server.folder}`;
}

function box(rows: readonly TableRow[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join("\n");
}
