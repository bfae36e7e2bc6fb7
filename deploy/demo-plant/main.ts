/**
 * The demo plant: machines (own process, real protocol servers), two gateways (unmodified edge
 * agents) and the operator. README.md describes the plant.
 */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { z } from "zod";

import { furnishCompany } from "./company/furnish-company.ts";
import { type Gateway, gateways } from "./devices.ts";
import { gatewayConfig } from "./gateway-config.ts";
import { createLog } from "./log.ts";
import { randomFrom } from "./machines/random.ts";
import { onStop } from "./on-stop.ts";
import { openPanels } from "./panel.ts";
import { ApiAway, connectCoreApi, type CoreApi } from "./operator/core-api.ts";
import { operate, waitForGateways } from "./operator/operator.ts";
import { registrationFile, type Registration, writeSecret } from "./operator/registration.ts";
import { type KnownPlant, setUpPlant } from "./operator/set-up.ts";
import { machineCertificate } from "./servers/opcua-server.ts";
import type { Ports } from "./servers/serve-plant.ts";
import { BadSetting, readSettings, type Settings } from "./settings.ts";
import { SupervisedChild } from "./supervise.ts";

const log = createLog("demo-plant");
const settings = settingsOrExit();
const dir = join(settings.DATA_DIR, "demo");
const stopping = new AbortController();
const machines: SupervisedChild[] = [];
const agents: SupervisedChild[] = [];
let timeZone: string | null = null;

const stop = onStop(log, async () => {
  stopping.abort();
  // Gateways first: machines that stop under them would be reported as lost.
  await endAll(agents);
  await endAll(machines);
});

try {
  await run();
} catch (error) {
  if (!stopping.signal.aborted) {
    const reason = error instanceof Error ? error.message : String(error);
    log.fatal({ err: error }, `The demo plant cannot go on: ${reason}`);
    stop("error", 1);
  }
}

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env, process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof BadSetting)) throw error;
    console.error(error.message);
    return process.exit(1);
  }
}

async function run(): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const api = connectCoreApi(
    { url: settings.CORE_URL, apiKey: settings.CORE_API_KEY },
    stopping.signal,
  );
  // The machines need two seconds to start, the registration asks the core: neither waits for the other.
  const [ports, plant] = await Promise.all([startMachines(), setUpWhenCoreIsThere(api)]);
  timeZone = plant.timeZone;
  for (const child of machines) child.send({ type: "time_zone", timeZone });
  await Promise.all(gateways.map((gateway) => startGateway(gateway, plant.registration, ports)));
  process.send?.({ type: "ready", rows: tableRows(plant.registration, ports) });
  log.info({ ports, groupId: plant.registration.groupId, speed: settings.speed }, "plant runs");
  const panels = await openPanels({ ports, pkiDir: join(dir, "pki") });
  const random = randomFrom(settings.seed, "operator");
  const { speed } = settings;
  await waitForGateways({ api, log }, stopping.signal);
  await Promise.all([
    operate({ api, plant, panels, random, speed, log }, stopping.signal),
    furnish(api),
  ]);
}

/** The rest of the company, while the machines run: the shop does not wait for it, and lives without it. */
async function furnish(api: CoreApi): Promise<void> {
  try {
    const startedMs = performance.now();
    await furnishCompany(api, { speed: settings.speed });
    log.info({ ms: Math.round(performance.now() - startedMs) }, "the company is furnished");
  } catch (error) {
    if (!stopping.signal.aborted) log.error({ err: error }, "the company could not be furnished");
  }
}

/** Resolves when the machines listen for the first time. */
function startMachines(): Promise<Ports> {
  const ready = z.object({ type: z.literal("ready"), ports: z.record(z.string(), z.number()) });
  const { promise, resolve: tell } = Promise.withResolvers<Ports>();
  const { seed, speed } = settings;
  const args = ["--data", dir, "--seed", String(seed), "--speed", String(speed)];
  if (settings["no-breaks"]) args.push("--no-breaks");
  const child = new SupervisedChild({
    name: "machines",
    file: join(import.meta.dirname, "machines.ts"),
    args,
    // A small young generation saves 50 MB of what node-opcua would take, at these rates for free.
    execArgv: ["--max-semi-space-size=2"],
    log,
    onMessage: (message) => {
      const parsed = ready.safeParse(message);
      if (!parsed.success) return;
      tell(parsed.data.ports);
      if (timeZone !== null) child.send({ type: "time_zone", timeZone });
    },
    onGivenUp: () => giveUp("machines"),
  });
  machines.push(child);
  return promise;
}

async function startGateway(
  gateway: Gateway,
  registration: Registration,
  ports: Ports,
): Promise<void> {
  const file = join(dir, `${gateway}.yaml`);
  const tokenFile = `${gateway}.token`;
  await writeSecret(join(dir, tokenFile), `${registration.gateways[gateway]?.token ?? ""}\n`);
  const { groupId } = registration;
  const { MQTT_URL: brokerUrl, SPARKPLUG_HOST_ID: primaryHost } = settings;
  await writeFile(
    file,
    gatewayConfig({ gateway, groupId, brokerUrl, primaryHost, tokenFile, ports }),
  );
  await trustMachines(gateway);
  if (stopping.signal.aborted) return;
  agents.push(
    new SupervisedChild({
      name: gateway,
      file: join(import.meta.dirname, "../../edge-agent/src/main.ts"),
      args: ["--config", file, "--data", join(dir, gateway)],
      log,
      onGivenUp: () => giveUp(gateway),
    }),
  );
}

/**
 * What a commissioning engineer does once at a gateway: puts the machines' certificate among the
 * trusted ones. The agent refuses an encrypted connection to a server that nobody vouched for.
 */
async function trustMachines(gateway: Gateway): Promise<void> {
  const trusted = join(dir, gateway, "drivers/opc-ua/certificates/trusted/certs");
  await mkdir(trusted, { recursive: true, mode: 0o700 });
  await copyFile(machineCertificate(join(dir, "pki")), join(trusted, "demo-plant-machines.pem"));
}

/** The core may start after us, or be away for a while: the plant waits for it. */
async function setUpWhenCoreIsThere(core: CoreApi): Promise<KnownPlant> {
  for (;;) {
    try {
      return await setUpPlant(core, { dir, speed: settings.speed });
    } catch (error) {
      if (!(error instanceof ApiAway) || stopping.signal.aborted) throw error;
      log.warn({ err: error }, "the core is away; the demo plant keeps asking");
    }
  }
}

/** What the start table shows of us: label and value. */
function tableRows(registration: Registration, ports: Ports): [string, string][] {
  const users = Object.values(registration.gateways).map(({ username }) => username);
  const plcs = Object.entries(ports).filter(([id]) => id !== "opc-ua");
  return [
    ["Gateways (MQTT users)", users.join(", ")],
    ["Gateway credentials", registrationFile(dir)],
    ["Gateway configurations", gateways.map((id) => join(dir, `${id}.yaml`)).join(", ")],
    ["Machines, OPC UA", `opc.tcp://127.0.0.1:${ports["opc-ua"]}`],
    ["Machines, Modbus TCP", plcs.map(([id, port]) => `${id} 127.0.0.1:${port}`).join(", ")],
  ];
}

function giveUp(name: string): void {
  log.fatal({ name }, "ends again and again: the demo plant stops; its log above says why");
  stop("gave up", 1);
}

async function endAll(children: readonly SupervisedChild[]): Promise<void> {
  await Promise.all(children.map((child) => child[Symbol.asyncDispose]()));
}
