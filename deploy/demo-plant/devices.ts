import { opcUaSignals, plain, plcSignals, type Signal } from "./signals.ts";

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
        ...plain("weight", "kg", 0.05, (plant) => plant.pallet.weightKg),
        type: "float32",
        // Scales of this make send the low word first.
        at: { register: 0, wordOrder: "little" },
        meaning: { role: "weight", valueMap: {} },
      },
      {
        ...plain("pallet.pieces", "pcs", 0, (plant) => plant.pallet.pieces),
        type: "uint16",
        at: { register: 2, wordOrder: "big" },
        meaning: null,
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
        ...plain("level", "kg", 0.3, (plant) => plant.silo.levelKg),
        type: "float64",
        at: { node: "silo.level" },
        meaning: { role: "level", valueMap: {} },
      },
      {
        ...plain("refilling", "", 0, (plant) => (plant.silo.isRefilling ? 1 : 0)),
        type: "uint16",
        at: { node: "silo.refilling" },
        meaning: null,
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
