import { join } from "node:path";

import { OPCUACertificateManager } from "node-opcua-certificate-manager";
import { DataType, MessageSecurityMode, SecurityPolicy } from "node-opcua-client";
import { OPCUAServer, RegisterServerMethod } from "node-opcua-server";

import { type Setpoint, commandOf } from "./setpoint.ts";

/** A variable `ns=1;s=<node>`; `read` gives engineering units. */
export type NodeValue = {
  node: string;
  type: "uint16" | "uint32" | "float64" | "string";
  read: () => number | string;
};

/** A device: a folder of its values and, when it takes jobs, three writable setpoint variables. */
export type NodeFolder = {
  name: string;
  values: NodeValue[];
  onSetpoint?: (setpoint: Setpoint) => void;
};

/** `ns=1;s=mill1.setpoint.command` and its siblings; the command is written last. */
export function setpointNode(device: string, field: keyof Setpoint): string {
  return `ns=1;s=${device}.setpoint.${field}`;
}

/** The certificate (PEM) that clients are to trust; it is there once the server has listened. */
export function machineCertificate(pkiDir: string): string {
  return join(pkiDir, "server/own/certs/certificate.pem");
}

/** Values are pushed this often, so a subscription at 100 ms sees each change. */
const refreshMs = 100;
/** Two agents, a test and an engineer's browser; the rest is a mistake. */
const sessionsMax = 10;

const dataTypes = {
  uint16: DataType.UInt16,
  uint32: DataType.UInt32,
  float64: DataType.Double,
  string: DataType.String,
} as const satisfies Record<NodeValue["type"], DataType>;

/**
 * One OPC UA server for all OPC UA machines (each costs about 200 MB), standard nodeset only,
 * security None and Basic256Sha256. Its certificates lie under `pkiDir` and nowhere else.
 */
export class OpcUaMachines implements AsyncDisposable {
  readonly #server: OPCUAServer;
  readonly #refresh: NodeJS.Timeout;
  readonly endpoint: string;
  readonly port: number;

  private constructor(server: OPCUAServer, refresh: () => void) {
    this.#server = server;
    this.#refresh = setInterval(refresh, refreshMs);
    this.endpoint = server.getEndpointUrl();
    this.port = Number(new URL(this.endpoint).port);
  }

  /** Listens on 127.0.0.1; port 0 takes a free one. Rejects when the port is taken. */
  static async listen(options: {
    port: number;
    pkiDir: string;
    folders: NodeFolder[];
  }): Promise<OpcUaMachines> {
    const [serverCertificateManager, userCertificateManager] = await Promise.all([
      openCertificates(join(options.pkiDir, "server")),
      openCertificates(join(options.pkiDir, "users")),
    ]);
    const server = new OPCUAServer({
      host: "127.0.0.1",
      hostname: "127.0.0.1",
      port: options.port,
      serverCertificateManager,
      userCertificateManager,
      securityModes: [MessageSecurityMode.None, MessageSecurityMode.SignAndEncrypt],
      securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256],
      serverInfo: { applicationUri: "urn:millwright:demo-plant" },
      buildInfo: { productName: "Millwright demo plant" },
      serverCapabilities: { maxSessions: sessionsMax },
      registerServerMethod: RegisterServerMethod.HIDDEN,
      isAuditing: false,
    });
    await server.initialize();
    const refresh = addFolders(server, options.folders);
    try {
      await server.start();
    } catch (error) {
      // A taken port: give back what `initialize` opened before the next try.
      await server.shutdown(0);
      throw error;
    }
    return new OpcUaMachines(server, refresh);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#refresh);
    await this.#server.shutdown(0);
  }
}

async function openCertificates(rootFolder: string): Promise<OPCUACertificateManager> {
  const certificates = new OPCUACertificateManager({
    rootFolder,
    // The demo plant trusts every client of this machine; a real one lists them.
    automaticallyAcceptUnknownCertificate: true,
    disableFileWatchers: true,
  });
  await certificates.initialize();
  return certificates;
}

/** Adds the variables; the returned function shows their newest values. */
function addFolders(server: OPCUAServer, folders: NodeFolder[]): () => void {
  const { addressSpace } = server.engine;
  if (!addressSpace) throw new Error("the OPC UA server has no address space: initialize it first");
  const namespace = addressSpace.getOwnNamespace();
  const updates = folders.flatMap(({ name, values, onSetpoint }) => {
    const folder = namespace.addFolder(addressSpace.rootFolder.objects, { browseName: name });
    const add = (node: string, type: NodeValue["type"], isWritable: boolean) =>
      namespace.addVariable({
        componentOf: folder,
        nodeId: `s=${node}`,
        browseName: node.slice(node.indexOf(".") + 1),
        dataType: dataTypes[type],
        accessLevel: isWritable ? "CurrentRead | CurrentWrite" : "CurrentRead",
        minimumSamplingInterval: refreshMs,
        value: { dataType: dataTypes[type], value: type === "string" ? "" : 0 },
      });
    if (onSetpoint) {
      const orderHash = add(`${name}.setpoint.orderHash`, "uint32", true);
      const quantity = add(`${name}.setpoint.quantity`, "uint32", true);
      const command = add(`${name}.setpoint.command`, "uint16", true);
      command.on("value_changed", (written) => {
        const known = commandOf(Number(written.value.value));
        if (known === null) return;
        command.setValueFromSource({ dataType: DataType.UInt16, value: 0 });
        onSetpoint({
          command: known,
          orderHash: Number(orderHash.readValue().value.value),
          quantity: Number(quantity.readValue().value.value),
        });
      });
    }
    return values.map(({ node, type, read }) => {
      const variable = add(node, type, false);
      let shown: number | string | null = null;
      return () => {
        const value = read();
        if (value === shown) return;
        shown = value;
        variable.setValueFromSource({ dataType: dataTypes[type], value });
      };
    });
  });
  const refresh = (): void => updates.forEach((update) => update());
  refresh();
  return refresh;
}
