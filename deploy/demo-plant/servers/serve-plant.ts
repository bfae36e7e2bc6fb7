import { type Device, devices } from "../devices.ts";
import { setJob, setStopped } from "../machines/machine.ts";
import { fetchPieces, machineOf, type Plant } from "../machines/plant.ts";
import type { Signal } from "../signals.ts";
import { type InputRegister, ModbusServer } from "./modbus-server.ts";
import { type NodeValue, OpcUaMachines } from "./opcua-server.ts";
import type { Setpoint } from "./setpoint.ts";

/** Port by device id for Modbus; `opc-ua` is the port of the one OPC UA server. 0 = any free one. */
export type Ports = Record<string, number>;

/**
 * Puts the plant on the wire: a Modbus server per PLC, one OPC UA server for the rest. Ports that
 * are taken by somebody else are replaced by free ones; read the ports that came out.
 */
export async function servePlant(
  plant: Plant,
  options: { ports: Ports; pkiDir: string },
): Promise<{ ports: Ports } & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const ports: Ports = {};
  const plcs = devices.filter(({ protocol }) => protocol === "modbus-tcp");
  const others = devices.filter(({ protocol }) => protocol === "opc-ua");
  const listenPlc = async (device: Device): Promise<void> => {
    const inputs = device.signals.flatMap((signal) => inputOf(plant, signal));
    const server = await onFreePort(options.ports[device.id] ?? 0, (port) =>
      ModbusServer.listen({ port, inputs, onSetpoint: takerOf(plant, device) }),
    );
    ports[device.id] = stack.use(server).port;
  };
  const listenOpcUa = async (): Promise<void> => {
    const folders = others.map((device) => ({
      name: device.id,
      values: device.signals.flatMap((signal) => nodeOf(plant, signal)),
      ...(device.machineId === null ? {} : { onSetpoint: takerOf(plant, device) }),
    }));
    const server = await onFreePort(options.ports["opc-ua"] ?? 0, (port) =>
      OpcUaMachines.listen({ port, pkiDir: options.pkiDir, folders }),
    );
    ports["opc-ua"] = stack.use(server).port;
  };
  await Promise.all([listenOpcUa(), ...plcs.map(listenPlc)]);
  return { ports, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function takerOf(plant: Plant, { machineId }: Device): (setpoint: Setpoint) => void {
  return ({ command, orderHash, quantity }) => {
    if (machineId === null) return;
    const machine = machineOf(plant, machineId);
    if (command === "takeJob") setJob(machine, { orderHash, quantity });
    else if (command === "fetchPieces") fetchPieces(plant, machineId, { orderHash, quantity });
    else setStopped(machine, command === "stop");
  };
}

function inputOf(plant: Plant, { at, type, scale, read }: Signal): InputRegister[] {
  if (!("register" in at) || type === "string" || type === "float64") return [];
  const { register: address, wordOrder } = at;
  return [{ address, type, scale, wordOrder, read: () => Number(read(plant)) }];
}

function nodeOf(plant: Plant, { at, type, read }: Signal): NodeValue[] {
  if (!("node" in at) || type === "float32") return [];
  return [{ node: at.node, type, read: () => read(plant) }];
}

async function onFreePort<S>(port: number, listen: (port: number) => Promise<S>): Promise<S> {
  try {
    return await listen(port);
  } catch (error) {
    if (port === 0) throw error;
    return listen(0);
  }
}
