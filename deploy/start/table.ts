import type { Running } from "./plant.ts";
import { hostInUrl } from "./plant.ts";
import type { Settings } from "./settings.ts";

/** The one table a person needs after a start: where things are, and what it took. */
export function startTable(asked: {
  settings: Settings;
  running: Running;
  health: string;
  residentBytes: number;
  startMs: number;
}): string {
  const { settings, running, health, residentBytes, startMs } = asked;
  const url = `http://${hostInUrl(settings.host)}:${settings.port}`;
  const megabytes = Math.round(residentBytes / 1024 / 1024);
  return box([
    ["Plant", url],
    ["API reference", `${url}/api/docs`],
    ["Health", `${url}/api/health (${health})`],
    ["MQTT broker", settings.mqttUrl ?? `mqtt://${hostInUrl(settings.host)}:${settings.mqttPort}`],
    ...gatewayRows(running, url),
    ["Database", databaseIn(running)],
    ["Data folder", settings.dataDir],
    ["Started in", `${(startMs / 1000).toFixed(1)} s, ${megabytes} MB resident in all processes`],
  ]);
}

type Row = readonly [label: string, value: string];

// The logins themselves stay in their file (0600): terminals are shared, scrolled and recorded.
function gatewayRows({ demo }: Running, url: string): Row[] {
  if (demo === null) {
    return [["Gateways", `none yet: POST ${url}/api/edge-nodes gives one its login`]];
  }
  const names = demo.gateways.map(({ username }) => username).join(", ");
  return [
    ["Gateways", `${names} (demo plant)`],
    ["Their tokens", demo.credentialsFile],
  ];
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

function box(rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join("\n");
}
