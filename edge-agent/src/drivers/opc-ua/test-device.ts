import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { DataType, MessageSecurityMode, SecurityPolicy, VariantArrayType } from "node-opcua-client";
import { OPCUAServer } from "node-opcua-server";

import type { TestDevice } from "../conformance.ts";

/** A real OPC UA server on a free port with `ns=1;s=counter` (UInt32) and one node of each type. */
export class OpcUaTestDevice implements TestDevice {
  readonly port: number;
  readonly folder: string;
  counter = 0;
  #server: OPCUAServer | null = null;
  #setCounter: (value: number) => void = () => {};

  static async make(): Promise<OpcUaTestDevice> {
    const folder = await mkdtemp(join(tmpdir(), "mw-opcua-"));
    return new OpcUaTestDevice(await freePort(), folder);
  }

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  get endpoint(): string {
    return `opc.tcp://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const server = new OPCUAServer({
      port: this.port,
      hostname: "127.0.0.1",
      serverCertificateManager: new OPCUACertificateManager({
        rootFolder: join(this.folder, "server"),
        automaticallyAcceptUnknownCertificate: true,
        disableFileWatchers: true,
      }),
      securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
      disableDiscovery: true,
    });
    await server.initialize();
    this.#addNodes(server);
    await server.start();
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    await server?.shutdown(0);
  }

  setCounter(value: number): void {
    this.counter = value;
    this.#setCounter(value);
  }

  connectionCount(): number {
    return this.#server?.currentChannelCount ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #addNodes(server: OPCUAServer): void {
    const space = server.engine.addressSpace;
    if (space === null) throw new Error("the server has no address space");
    const namespace = space.getOwnNamespace();
    const saw = namespace.addObject({ browseName: "Saw", organizedBy: space.rootFolder.objects });
    const counter = namespace.addVariable({
      componentOf: saw,
      browseName: "counter",
      nodeId: "s=counter",
      dataType: DataType.UInt32,
      value: { dataType: DataType.UInt32, value: this.counter },
    });
    this.#setCounter = (value) => counter.setValueFromSource({ dataType: DataType.UInt32, value });
    for (const { name, dataType, value } of typedNodes) {
      namespace.addVariable({
        componentOf: saw,
        browseName: name,
        nodeId: `s=${name}`,
        dataType,
        value: { dataType, arrayType: VariantArrayType.Scalar, value },
      });
    }
  }
}

/** One scalar of each type that becomes a metric, as the library writes it. */
export const typedNodes = [
  { name: "Boolean", dataType: DataType.Boolean, value: true },
  { name: "Int16", dataType: DataType.Int16, value: -5 },
  { name: "Int64", dataType: DataType.Int64, value: [0xffffffff, 0xfffffffb] },
  { name: "UInt64", dataType: DataType.UInt64, value: [1, 2] },
  { name: "Float", dataType: DataType.Float, value: 1.5 },
  { name: "Double", dataType: DataType.Double, value: 0.1 },
  { name: "String", dataType: DataType.String, value: "lot 7" },
  { name: "DateTime", dataType: DataType.DateTime, value: new Date(1_700_000_000_000) },
] as const;

/** A port that was free a moment ago; the server library takes no port 0 for its endpoint names. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("not a TCP server");
  return address.port;
}
