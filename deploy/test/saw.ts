import type { Item, WorkOrder } from "@millwright/contracts/api";

import { apiClient } from "./api.ts";
import type { Plant } from "./plant.ts";

/** Register map of the test's saw: where its PLC keeps the counters and the state. */
export const sawRegisters = { good: 0, scrap: 2, state: 4 } as const;

/** What the saw writes to its state register. */
export const sawStates = { idle: 0, producing: 1, down: 2 } as const;

/**
 * Makes the saw known through the public API: work center, gateway, bindings, one item with one
 * operation, and a released order of `quantity`.
 */
export async function setUpSaw(plant: Plant, quantity: number) {
  const api = apiClient(plant.coreUrl, plant.database.apiKey);
  const center = await api.post<{ workCenterId: string; workUnitId: string }>("/api/work-centers", {
    areaName: "Cutting",
    name: "Saw",
  });
  const gateway = await api.post<{ groupId: string; username: string; token: string }>(
    "/api/edge-nodes",
    { edgeNodeId: "gateway-1" },
  );
  const bindings = [
    { metricName: "count/good", role: "count.good" },
    { metricName: "count/scrap", role: "count.scrap" },
    {
      metricName: "state",
      role: "state",
      valueMap: { "0": "idle", "1": "producing", "2": "down" },
    },
  ];
  for (const binding of bindings) {
    await api.post("/api/bindings", {
      edgeNodeId: "gateway-1",
      deviceId: "saw",
      workUnitId: center.workUnitId,
      ...binding,
    });
  }
  const item = await api.post<Item>("/api/items", {
    number: "BR-100",
    name: "Bracket",
    kind: "make",
    uom: "pc",
    operations: [
      { step: 10, name: "Saw", workCenterId: center.workCenterId, runMsPerUnit: 50, setupMs: 0 },
    ],
  });
  const order = await api.post<WorkOrder>("/api/work-orders", {
    itemId: item.itemId,
    quantity: String(quantity),
  });
  await api.command(order.workOrderId, "firm");
  await api.command(order.workOrderId, "release");
  return { api, workUnitId: center.workUnitId, workOrderId: order.workOrderId, gateway };
}

/** The agent's configuration for the saw's PLC. */
export function sawYaml(options: {
  group: string;
  token: string;
  brokerPort: number;
  modbusPort: number;
}): string {
  return `edgeNode: gateway-1
group: ${options.group}
broker:
  url: mqtt://127.0.0.1:${options.brokerPort}
  token: ${options.token}
devices:
  - id: saw
    driver: modbus-tcp
    host: 127.0.0.1
    port: ${options.modbusPort}
    pollMs: 100
    metrics:
      - { name: count/good, register: "holding:${sawRegisters.good}", type: uint32, unit: pcs }
      - { name: count/scrap, register: "holding:${sawRegisters.scrap}", type: uint32, unit: pcs }
      - { name: state, register: "holding:${sawRegisters.state}", type: uint16 }
`;
}
