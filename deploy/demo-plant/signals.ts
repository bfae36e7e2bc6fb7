import {
  type BindingRole,
  type CountRole,
  countRoleSchema,
  type MachineState,
  machineStates,
} from "@millwright/contracts/states";

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

type Words = Record<Exclude<MachineState, "no_data">, string>;

/** A signal before it has a place on the wire. */
type Shown = Omit<Signal, "at">;

/** What every machine of the line shows, whatever it speaks. */
function machineSignals(id: string, words: Words): Shown[] {
  const of = (read: (machine: Machine) => number | string) => (plant: Plant) =>
    read(machineOf(plant, id));
  return [
    stateSignal(id, words),
    shown({
      metric: "reason",
      read: of((machine) => stopReasons.indexOf(reasonOf(machine))),
      // Nobody bound the packer's: its stops are explained by people.
      meaning: id === "pack" ? null : { role: "state.reason", valueMap: {} },
    }),
    ...counterSignals(id),
    shown({
      metric: "energy",
      unit: "kWh",
      deadband: 0.05,
      type: "uint32",
      scale: 0.01,
      read: of(({ memory }) => memory.energyKwh),
      meaning: { role: "energy.total", valueMap: {} },
    }),
    ...Object.entries(specOf(id).processValues).map(([metric, { unit, noise }]) =>
      shown({
        metric,
        unit,
        deadband: 2 * noise,
        type: "float32",
        read: of(({ memory }) => memory.processValues[metric]?.value ?? 0),
        meaning: { role: "process", valueMap: {} },
      }),
    ),
    shown({
      metric: "job.order_hash",
      type: "uint32",
      read: of(({ memory }) => memory.job?.orderHash ?? 0),
    }),
    shown({
      metric: "job.quantity",
      unit: "pcs",
      type: "uint32",
      read: of(({ memory }) => memory.job?.quantity ?? 0),
    }),
    shown({
      metric: "job.good",
      unit: "pcs",
      type: "uint32",
      read: of(({ memory }) => memory.job?.good ?? 0),
    }),
  ];
}

function stateSignal(id: string, words: Words): Shown {
  const valueMap: Record<string, MachineState> = {};
  for (const state of machineStates) if (state !== "no_data") valueMap[words[state]] = state;
  const isText = words !== stateCodes;
  return shown({
    metric: "state",
    type: isText ? "string" : "uint16",
    read: (plant) => {
      const word = words[stateOf(machineOf(plant, id))];
      return isText ? word : Number(word);
    },
    meaning: { role: "state", valueMap },
  });
}

/** The packer has one photo eye and no reject: its total is what counts (DOMAIN.md). */
function counterSignals(id: string): Shown[] {
  const bound: readonly CountRole[] =
    id === "pack" ? ["count.total"] : ["count.good", "count.scrap"];
  const counters = {
    "count.total": "total",
    "count.good": "good",
    "count.scrap": "scrap",
  } as const;
  return countRoleSchema.options.map((role) =>
    shown({
      metric: role,
      unit: "pcs",
      type: "uint32",
      read: (plant) => machineOf(plant, id).memory[counters[role]],
      meaning: bound.includes(role) ? { role, valueMap: {} } : null,
    }),
  );
}

/** A small unbound number without a unit, unless said otherwise. */
export function shown(signal: Pick<Shown, "metric" | "read"> & Partial<Shown>): Shown {
  return { unit: "", deadband: 0, type: "uint16", scale: 1, meaning: null, ...signal };
}

function specOf(id: string) {
  const spec = bracketLine.find((candidate) => candidate.id === id);
  if (!spec) throw new Error(`the bracket line has no machine ${id}`);
  return spec;
}
