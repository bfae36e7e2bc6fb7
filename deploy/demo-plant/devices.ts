import { opcUaSignals, plcSignals, shown, type Signal } from "./signals.ts";

export const gateways = ["gateway-a", "gateway-b"] as const;
export type Gateway = (typeof gateways)[number];

/** What hangs on a gateway: a machine of the line, the silo or the scale. */
export type Device = {
  id: string;
  gateway: Gateway;
  protocol: "modbus-tcp" | "opc-ua";
  workCenter: { areaName: string; name: string };
  /** The machine that takes jobs at this device, null for the silo and the scale. */
  machineId: string | null;
  signals: Signal[];
};

/** The plant as it is wired. The order is the way of the material, which is the order on screen. */
export const devices: Device[] = [
  modbusMachine("saw", "gateway-a", { areaName: "Cutting", name: "Saw" }),
  opcUaMachine("mill1", "gateway-a", { areaName: "Milling", name: "Mill 1" }),
  opcUaMachine("mill2", "gateway-a", { areaName: "Milling", name: "Mill 2" }),
  modbusMachine("deburr", "gateway-a", { areaName: "Milling", name: "Deburr" }),
  opcUaMachine("wash", "gateway-b", { areaName: "Finishing", name: "Wash" }),
  modbusMachine("assembly", "gateway-b", { areaName: "Finishing", name: "Assembly" }),
  modbusMachine("pack", "gateway-b", { areaName: "Shipping", name: "Pack" }),
  {
    id: "scale",
    gateway: "gateway-b",
    protocol: "modbus-tcp",
    workCenter: { areaName: "Shipping", name: "Pallet scale" },
    machineId: null,
    signals: [
      {
        ...shown({
          metric: "weight",
          unit: "kg",
          deadband: 0.05,
          type: "float32",
          read: (plant) => plant.pallet.weightKg,
        }),
        // Scales of this make send the low word first.
        at: { register: 0, wordOrder: "little" },
        meaning: { role: "weight", valueMap: {} },
      },
      {
        ...shown({ metric: "pallet.pieces", unit: "pcs", read: (plant) => plant.pallet.pieces }),
        at: { register: 2, wordOrder: "big" },
      },
    ],
  },
  {
    id: "silo",
    gateway: "gateway-b",
    protocol: "opc-ua",
    workCenter: { areaName: "Stores", name: "Granulate silo" },
    machineId: null,
    signals: [
      {
        ...shown({
          metric: "level",
          unit: "kg",
          deadband: 0.3,
          type: "float64",
          read: (plant) => plant.silo.levelKg,
        }),
        at: { node: "silo.level" },
        meaning: { role: "level", valueMap: {} },
      },
      {
        ...shown({ metric: "refilling", read: (plant) => (plant.silo.isRefilling ? 1 : 0) }),
        at: { node: "silo.refilling" },
      },
    ],
  },
];

function modbusMachine(id: string, gateway: Gateway, workCenter: Device["workCenter"]): Device {
  return {
    id,
    gateway,
    protocol: "modbus-tcp",
    workCenter,
    machineId: id,
    signals: plcSignals(id),
  };
}

function opcUaMachine(id: string, gateway: Gateway, workCenter: Device["workCenter"]): Device {
  return { id, gateway, protocol: "opc-ua", workCenter, machineId: id, signals: opcUaSignals(id) };
}
