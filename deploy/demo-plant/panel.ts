import { once } from "node:events";
import { Socket } from "node:net";
import { join } from "node:path";

import { client as modbus } from "jsmodbus";
import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { AttributeIds, DataType, OPCUAClient, StatusCodes, Variant } from "node-opcua-client";

import type { Device } from "./devices.ts";
import { setpointRegisters } from "./servers/modbus-server.ts";
import { setpointNode } from "./servers/opcua-server.ts";
import { commands, type Setpoint } from "./servers/setpoint.ts";
import type { Ports } from "./servers/serve-plant.ts";

/** A panel that does not answer in this time is given up; the operator tries again next round. */
const timeoutMs = 3_000;

/** Where the machines listen, and the folder of the operator's own OPC UA certificate. */
export type Panels = { ports: Ports; certificates: OPCUACertificateManager };

export async function openPanels(options: { ports: Ports; pkiDir: string }): Promise<Panels> {
  // Without a folder of ours the library writes one into the home directory.
  const certificates = new OPCUACertificateManager({
    rootFolder: join(options.pkiDir, "operator"),
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  return { ports: options.ports, certificates };
}

/**
 * Writes a setpoint at the machine's panel, over the wire as an operator terminal does. Connects
 * for each write: it happens a few times an hour. Safe to repeat.
 *
 * @throws when the machine does not answer or refuses; nothing was taken then.
 */
export async function writeSetpoint(
  panels: Panels,
  device: Device,
  setpoint: Setpoint,
): Promise<void> {
  if (device.protocol === "modbus-tcp") {
    await writeModbus(portOf(panels.ports, device.id), setpoint);
  } else {
    await writeOpcUa(panels, device.id, setpoint);
  }
}

async function writeModbus(port: number, setpoint: Setpoint): Promise<void> {
  const socket = new Socket();
  const panel = new modbus.TCP(socket, 1, timeoutMs);
  try {
    const connected = once(socket, "connect", { signal: AbortSignal.timeout(timeoutMs) });
    socket.connect({ host: "127.0.0.1", port });
    await connected;
    // From here on the request reports a lost connection; without a listener it would be a crash.
    socket.on("error", () => {});
    const registers = Buffer.alloc(2 * setpointRegisters.length);
    registers.writeUInt32BE(setpoint.orderHash, 2 * setpointRegisters.orderHash);
    registers.writeUInt32BE(setpoint.quantity, 2 * setpointRegisters.quantity);
    registers.writeUInt16BE(commands[setpoint.command], 2 * setpointRegisters.command);
    await panel.writeMultipleRegisters(0, registers);
  } finally {
    socket.destroy();
  }
}

async function writeOpcUa(panels: Panels, name: string, setpoint: Setpoint): Promise<void> {
  const client = OPCUAClient.create({
    clientCertificateManager: panels.certificates,
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 100 },
    transportTimeout: timeoutMs,
  });
  try {
    await client.connect(`opc.tcp://127.0.0.1:${portOf(panels.ports, "opc-ua")}`);
    const session = await client.createSession();
    const value = (field: keyof Setpoint, dataType: DataType, number: number) => ({
      nodeId: setpointNode(name, field),
      attributeId: AttributeIds.Value,
      value: { value: new Variant({ dataType, value: number }) },
    });
    // The server writes them in this order; the command makes the machine take the job.
    const results = await session.write([
      value("orderHash", DataType.UInt32, setpoint.orderHash),
      value("quantity", DataType.UInt32, setpoint.quantity),
      value("command", DataType.UInt16, commands[setpoint.command]),
    ]);
    await session.close();
    const refused = results.find((status) => !status.equals(StatusCodes.Good));
    if (refused) throw new Error(`${name} refused a setpoint: ${refused.toString()}`);
  } finally {
    await client.disconnect();
  }
}

function portOf(ports: Ports, id: string): number {
  const port = ports[id];
  if (port === undefined) throw new Error(`nobody listens for ${id}`);
  return port;
}
