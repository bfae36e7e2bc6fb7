import {
  createBinding,
  createItem,
  createWorkCenter,
  edgeNodeSchema,
  equipmentSchema,
  itemSchema,
  pageOf,
  registerEdgeNode,
} from "@millwright/contracts/api";
import { z } from "zod";

import { type Device, devices, gateways } from "../devices.ts";
import { uint32Size } from "../machines/machine.ts";
import type { CoreApi } from "./core-api.ts";
import { nameReasons } from "./name-reasons.ts";
import { bench, type Product, products } from "./products.ts";
import { readRegistration, type Registration, writeRegistration } from "./registration.ts";

/** What the operator knows about the plant once it is set up: names → ids of the core. */
export type KnownPlant = {
  registration: Registration;
  timeZone: string;
  workCenters: ReadonlyMap<string, { workCenterId: string; workUnitId: string | null }>;
  items: ReadonlyMap<string, string>;
};

/**
 * Makes the plant known to the core: work centers, gateways, bindings, items with routings. Looks
 * first and creates only what is missing, so it may run at every start. Run times are those of the
 * simulated machines at `speed`.
 */
export async function setUpPlant(
  api: CoreApi,
  options: { dir: string; speed: number },
): Promise<KnownPlant> {
  const { timeZone, workCenters } = await setUpWorkCenters(api);
  const registration = await registerGateways(api, options.dir);
  await bindMetrics(api, { dir: options.dir, registration, workCenters });
  await nameReasons(api);
  const items = await createItems(api, { workCenters, speed: options.speed });
  return { registration, timeZone, workCenters, items };
}

async function setUpWorkCenters(
  api: CoreApi,
): Promise<Pick<KnownPlant, "timeZone" | "workCenters">> {
  const { areas, timeZone } = await api.get("/api/equipment", equipmentSchema);
  const workCenters = new Map<string, { workCenterId: string; workUnitId: string | null }>();
  for (const { workCenters: known } of areas) {
    for (const { name, workCenterId, workUnits } of known) {
      workCenters.set(name, { workCenterId, workUnitId: workUnits[0]?.workUnitId ?? null });
    }
  }
  const answer = createWorkCenter.responses[201].content["application/json"].schema;
  for (const wanted of wantedWorkCenters()) {
    if (workCenters.has(wanted.name)) continue;
    workCenters.set(wanted.name, await api.post("/api/work-centers", wanted, answer));
  }
  return { timeZone, workCenters };
}

/** In the order of the material; the bench stands before the packer. */
function wantedWorkCenters(): { areaName: string; name: string; isManual: boolean }[] {
  return devices.flatMap(({ id, workCenter }) => [
    ...(id === "pack" ? [{ areaName: bench.areaName, name: bench.name, isManual: true }] : []),
    { ...workCenter, isManual: false },
  ]);
}

/** A token is shown once: it is kept, and asked for again only when the core does not know the gateway. */
async function registerGateways(api: CoreApi, dir: string): Promise<Registration> {
  const kept = await readRegistration(dir);
  const answer = z.object({ rows: z.array(edgeNodeSchema) });
  const { rows } = await api.get("/api/edge-nodes", answer);
  const isKnown = (gateway: string): boolean =>
    rows.some(({ groupId, edgeNodeId }) => groupId === kept?.groupId && edgeNodeId === gateway);
  const registration: Registration = { groupId: "", gateways: {}, bindings: kept?.bindings ?? [] };
  for (const gateway of gateways) {
    const credentials = kept?.gateways[gateway];
    if (kept && credentials && isKnown(gateway)) {
      registration.groupId = kept.groupId;
      registration.gateways[gateway] = credentials;
      continue;
    }
    const made = await api.post(
      "/api/edge-nodes",
      // Known, but its token is not kept here: the simulated gateway gets a new one.
      { edgeNodeId: gateway, renew: true },
      registerEdgeNode.responses[201].content["application/json"].schema,
    );
    registration.groupId = made.groupId;
    registration.gateways[gateway] = { username: made.username, token: made.token };
    // Kept one by one: a stop in between must not lose a token that was shown once.
    await writeRegistration(dir, registration);
  }
  return registration;
}

async function bindMetrics(
  api: CoreApi,
  plant: { dir: string; registration: Registration } & Pick<KnownPlant, "workCenters">,
): Promise<void> {
  const made = new Set(plant.registration.bindings);
  const answer = createBinding.responses[201].content["application/json"].schema;
  for (const device of devices) {
    const workUnitId = plant.workCenters.get(device.workCenter.name)?.workUnitId;
    if (!workUnitId) continue;
    const missing = bindingsOf(device, workUnitId).filter(({ key }) => !made.has(key));
    for (const { key, binding } of missing) {
      await api.post("/api/bindings", binding, answer);
      made.add(key);
    }
    if (missing.length === 0) continue;
    plant.registration.bindings = [...made];
    await writeRegistration(plant.dir, plant.registration);
  }
}

/** The work unit is part of the key: another database has other ones and is bound anew. */
function bindingsOf(device: Device, workUnitId: string) {
  return device.signals.flatMap(({ metric, unit, meaning }) => {
    if (meaning === null) return [];
    const { role, valueMap } = meaning;
    const rolloverAt = role.startsWith("count.") ? String(uint32Size - 1) : null;
    const address = { edgeNodeId: device.gateway, deviceId: device.id, metricName: metric };
    return [
      {
        key: [workUnitId, device.id, metric, role].join("/"),
        binding: { ...address, role, workUnitId, unit, valueMap, rolloverAt },
      },
    ];
  });
}

async function createItems(
  api: CoreApi,
  plant: Pick<KnownPlant, "workCenters"> & { speed: number },
): Promise<Map<string, string>> {
  const { rows } = await api.get("/api/items?limit=200&search=BR-", pageOf(itemSchema));
  const items = new Map(rows.map(({ number, itemId }) => [number, itemId]));
  const answer = createItem.responses[201].content["application/json"].schema;
  for (const product of products) {
    if (items.has(product.number)) continue;
    const { itemId } = await api.post("/api/items", itemOf(product, plant), answer);
    items.set(product.number, itemId);
  }
  return items;
}

function itemOf(
  product: Product,
  plant: Pick<KnownPlant, "workCenters"> & { speed: number },
): Record<string, unknown> {
  return {
    number: product.number,
    name: product.name,
    kind: "make",
    uom: "pc",
    operations: product.steps.map(({ step, name, workCenter, cycleMs, setupMs }) => ({
      step,
      name,
      workCenterId: plant.workCenters.get(workCenter)?.workCenterId ?? "",
      runMsPerUnit: cycleMs / plant.speed,
      setupMs: setupMs / plant.speed,
    })),
  };
}
