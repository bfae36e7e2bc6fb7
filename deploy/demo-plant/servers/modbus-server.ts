import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { server as modbus } from "jsmodbus";

import { type Setpoint, commandOf } from "./setpoint.ts";

/** One value in the input registers. `read` gives engineering units; raw = value ÷ scale. */
export type InputRegister = {
  address: number;
  type: "uint16" | "uint32" | "float32";
  scale: number;
  wordOrder: "big" | "little";
  read: () => number;
};

/** Holding registers of a machine that takes jobs; the order of the write is theirs. */
export const setpointRegisters = { orderHash: 0, quantity: 2, command: 4, length: 5 } as const;

const registerCount = 64;

/**
 * A PLC on loopback: input registers show the machine, holding registers take setpoints. Input
 * registers are filled when they are read, so one read is one consistent moment.
 */
export class ModbusServer implements AsyncDisposable {
  readonly #net: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(net: Server) {
    this.#net = net;
    net.on("connection", (socket) => {
      this.#sockets.add(socket);
      // A client that vanishes is its own problem: `close` follows and takes it off the list.
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken. */
  static async listen(options: {
    port: number;
    inputs: InputRegister[];
    onSetpoint?: (setpoint: Setpoint) => void;
  }): Promise<ModbusServer> {
    const net = createServer();
    const machine = new ModbusServer(net);
    const input = Buffer.alloc(2 * registerCount);
    const holding = Buffer.alloc(2 * registerCount);
    // The library's default buffers are shared by all its servers: give each machine its own.
    const plc = new modbus.TCP(net, {
      input,
      holding,
      coils: Buffer.alloc(1),
      discrete: Buffer.alloc(1),
    });
    plc.on("preReadInputRegisters", () => fill(input, options.inputs));
    const onWrite = (): void => takeSetpoint(holding, options.onSetpoint);
    plc.on("postWriteMultipleRegisters", onWrite);
    plc.on("postWriteSingleRegister", onWrite);
    net.listen(options.port, "127.0.0.1");
    await once(net, "listening");
    return machine;
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#net.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#net.listening) return;
    const closed = once(this.#net, "close");
    this.#net.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function fill(registers: Buffer, inputs: InputRegister[]): void {
  for (const { address, type, scale, wordOrder, read } of inputs) {
    const at = 2 * address;
    const raw = read() / scale;
    if (type === "uint16") registers.writeUInt16BE(Math.round(raw) & 0xffff, at);
    else if (type === "uint32") registers.writeUInt32BE(Math.floor(raw) >>> 0, at);
    else registers.writeFloatBE(raw, at);
    if (wordOrder === "little") swapWords(registers, at);
  }
}

function swapWords(registers: Buffer, at: number): void {
  const high = registers.readUInt16BE(at);
  registers.writeUInt16BE(registers.readUInt16BE(at + 2), at);
  registers.writeUInt16BE(high, at + 2);
}

/** An unknown command code stays in its register, where whoever wrote it can see it untaken. */
function takeSetpoint(holding: Buffer, onSetpoint?: (setpoint: Setpoint) => void): void {
  const command = commandOf(holding.readUInt16BE(2 * setpointRegisters.command));
  if (command === null) return;
  holding.writeUInt16BE(0, 2 * setpointRegisters.command);
  onSetpoint?.({
    command,
    orderHash: holding.readUInt32BE(2 * setpointRegisters.orderHash),
    quantity: holding.readUInt32BE(2 * setpointRegisters.quantity),
  });
}
