import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import jsmodbus from "jsmodbus";

import type { TestDevice } from "../conformance.ts";

/** A real Modbus TCP server on a free port; holding registers from 0 to 199, nothing beyond. */
export class ModbusTestDevice implements TestDevice {
  readonly holding = Buffer.alloc(400);
  readonly coils = Buffer.alloc(16);
  port = 0;
  /** When true, requests are taken and never answered. */
  isHung = false;
  requestCount = 0;
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();

  /** Reserves a port, so that a driver can be pointed at a device that is still off. */
  static async make(): Promise<ModbusTestDevice> {
    const device = new ModbusTestDevice();
    await device.start();
    await device.stop();
    return device;
  }

  async start(): Promise<void> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("data", () => {
        this.requestCount += 1;
      });
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      if (this.isHung) socket.removeAllListeners("data").resume();
    });
    const modbus = new jsmodbus.server.TCP(server, { holding: this.holding, coils: this.coils });
    modbus.on("connection", () => {});
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    this.port = addressOf(server).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  setCounter(value: number): void {
    this.holding.writeUInt32BE(value, 0);
  }

  connectionCount(): number {
    return this.#sockets.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address;
}
