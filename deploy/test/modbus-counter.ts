import { once } from "node:events";
import { createServer, type Server } from "node:net";

import { ModbusTCPServer } from "jsmodbus";

/**
 * A PLC for tests: a real Modbus TCP server with unsigned 32-bit counters (high word first) and
 * 16-bit words in its holding registers. What the test sets here is the truth it compares with.
 */
export class ModbusCounter implements AsyncDisposable {
  readonly #server: Server;
  readonly #holding: Buffer;

  private constructor(server: Server, holding: Buffer) {
    this.#server = server;
    this.#holding = holding;
  }

  static async start({ registers = 100 } = {}): Promise<ModbusCounter> {
    // A gateway that is killed resets its line; the library listens to no errors.
    const server = createServer((socket) => socket.on("error", () => undefined));
    const holding = Buffer.alloc(registers * 2);
    const modbus = new ModbusTCPServer(server, { holding });
    modbus.on("connection", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ModbusCounter(server, holding);
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("server is closed");
    return address.port;
  }

  setUInt32(register: number, value: number): void {
    this.#holding.writeUInt32BE(value, register * 2);
  }

  setUInt16(register: number, value: number): void {
    this.#holding.writeUInt16BE(value, register * 2);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
  }
}
