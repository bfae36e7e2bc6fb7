import { type BindingRole, type MachineState, machineStates } from "@millwright/contracts/states";

import { bracketLine } from "./machines/bracket-line.ts";
import { type Machine, reasonOf, stateOf, stopReasons } from "./machines/machine.ts";
import { machineOf, type Plant } from "./machines/plant.ts";

/**
 * One value a machine shows, and where: a Modbus input register or an OPC UA node. Register
 * addresses count from 0 as on the wire. `scale`: value = raw × scale.
 */
export type Signal = {
  metric: string;
  unit: string;
  /** A change smaller than this is not worth a message; 0 = every change. */
  deadband: number;
  type: "uint16" | "uint32" | "float32" | "float64" | "string";
  scale: number;
  at: { register: number; wordOrder: "big" | "little" } | { node: string };
  read: (plant: Plant) => number | string;
  /** What it means to the ERP; null: shown, trended, not bound. */
  meaning: { role: BindingRole; valueMap: Record<string, MachineState> } | null;
};

/** Raw states in the words of each maker: codes in the PLCs and the washer, words in the CNCs. */
const stateCodes = {
  idle: "0",
  producing: "1",
  setup: "2",
  down: "3",
  planned_stop: "4",
} as const satisfies Record<Exclude<MachineState, "no_data">, string>;
const executionWords = {
  idle: "READY",
  producing: "ACTIVE",
  setup: "SETUP",
  down: "FAULT",
  planned_stop: "PLANNED_STOP",
} as const satisfies Record<keyof typeof stateCodes, string>;

/** Registers every Modbus machine has at the same place (README, register map). */
const registerOf = {
  state: 0,
  reason: 1,
  "count.total": 2,
  "count.good": 4,
  "count.scrap": 6,
  energy: 8,
  "job.order_hash": 20,
  "job.quantity": 22,
  "job.good": 24,
} as const;
const firstProcessRegister = 10;

/** The signals of a machine with a PLC: registers at fixed places, scaled integers. */
export function plcSignals(id: string): Signal[] {
  const registers: Record<string, number> = { ...registerOf };
  Object.keys(specOf(id).processValues).forEach((name, index) => {
    registers[name] = firstProcessRegister + 2 * index;
  });
  return machineSignals(id, stateCodes).map((signal) => ({
    ...signal,
    at: { register: registers[signal.metric] ?? Number.NaN, wordOrder: "big" as const },
  }));
}

/** The signals of a machine with an OPC UA server: `<machine>.<metric>`, engineering units. */
export function opcUaSignals(id: string): Signal[] {
  return machineSignals(id, id === "wash" ? stateCodes : executionWords).map((signal) => ({
    ...signal,
    // OPC UA carries engineering units: no scaled integers, no short floats.
    type: signal.type === "float32" || signal.scale !== 1 ? ("float64" as const) : signal.type,
    scale: 1,
    at: { node: `${id}.${signal.metric}` },
  }));
}

/** What every machine of the line shows, whatever it speaks. */
function machineSignals(
  id: string,
  words: Record<Exclude<MachineState, "no_data">, string>,
): Omit<Signal, "at">[] {
  const isText = words !== stateCodes;
  const of = (read: (machine: Machine) => number | string) => (plant: Plant) =>
    read(machineOf(plant, id));
  const valueMap: Record<string, MachineState> = {};
  for (const state of machineStates) if (state !== "no_data") valueMap[words[state]] = state;
  const counter = (metric: string, read: (machine: Machine) => number): Omit<Signal, "at"> => ({
    ...plain(metric, "pcs", 0, of(read)),
    type: "uint32",
  });
  // The packer has one photo eye and no reject: its total is what counts (DOMAIN.md).
  const roles = id === "pack" ? ["count.total"] : ["count.good", "count.scrap"];
  const bound = (signal: Omit<Signal, "at">, role: BindingRole): Omit<Signal, "at"> => ({
    ...signal,
    meaning: { role, valueMap: {} },
  });
  const counters = (["count.total", "count.good", "count.scrap"] as const).map((role) => {
    const field = { "count.total": "total", "count.good": "good", "count.scrap": "scrap" } as const;
    const signal = counter(role, ({ memory }) => memory[field[role]]);
    return roles.includes(role) ? bound(signal, role) : signal;
  });
  return [
    {
      ...plain(
        "state",
        "",
        0,
        of((machine) => (isText ? words[stateOf(machine)] : Number(words[stateOf(machine)]))),
      ),
      type: isText ? "string" : "uint16",
      meaning: { role: "state", valueMap },
    },
    {
      ...plain(
        "reason",
        "",
        0,
        of((machine) => stopReasons.indexOf(reasonOf(machine))),
      ),
      type: "uint16",
    },
    ...counters,
    {
      ...plain(
        "energy",
        "kWh",
        0.05,
        of(({ memory }) => memory.energyKwh),
      ),
      type: "uint32",
      scale: 0.01,
      meaning: { role: "energy.total", valueMap: {} },
    },
    ...Object.entries(specOf(id).processValues).map(([metric, spec]): Omit<Signal, "at"> => ({
      ...plain(
        metric,
        spec.unit,
        2 * spec.noise,
        of(({ memory }) => memory.processValues[metric]?.value ?? 0),
      ),
      type: "float32",
      meaning: { role: "process", valueMap: {} },
    })),
    { ...counter("job.order_hash", ({ memory }) => memory.job?.orderHash ?? 0), unit: "" },
    counter("job.quantity", ({ memory }) => memory.job?.quantity ?? 0),
    counter("job.good", ({ memory }) => memory.job?.good ?? 0),
  ];
}

/** The common part of a signal that is shown as it is read. */
export function plain(
  metric: string,
  unit: string,
  deadband: number,
  read: Signal["read"],
): Pick<Signal, "metric" | "unit" | "deadband" | "scale" | "read" | "meaning"> {
  return { metric, unit, deadband, scale: 1, read, meaning: null };
}

function specOf(id: string) {
  const spec = bracketLine.find((candidate) => candidate.id === id);
  if (!spec) throw new Error(`the bracket line has no machine ${id}`);
  return spec;
}
