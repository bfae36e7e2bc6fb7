import { type Device, devices, type Gateway } from "./devices.ts";
import type { Ports } from "./servers/serve-plant.ts";
import type { Signal } from "./signals.ts";

/**
 * The configuration of one gateway as an engineer would write it: YAML in its JSON form, one
 * device a block. The edge agent learns nothing else about the plant.
 */
export function gatewayConfig(options: {
  gateway: Gateway;
  groupId: string;
  brokerUrl: string;
  primaryHost: string;
  tokenFile: string;
  ports: Ports;
}): string {
  const own = devices.filter(({ gateway }) => gateway === options.gateway);
  return [
    "# Written by the demo plant at each start; edit a copy.",
    `group: ${text(options.groupId)}`,
    `edgeNode: ${text(options.gateway)}`,
    `broker: { url: ${text(options.brokerUrl)}, tokenFile: ${text(options.tokenFile)} }`,
    `primaryHost: ${text(options.primaryHost)}`,
    "devices:",
    ...own.flatMap((device) => deviceLines(device, options.ports)),
    "",
  ].join("\n");
}

function deviceLines(device: Device, ports: Ports): string[] {
  const isModbus = device.protocol === "modbus-tcp";
  const port = ports[isModbus ? device.id : "opc-ua"];
  const connection = isModbus
    ? ["    host: 127.0.0.1", `    port: ${port}`, "    pollMs: 500"]
    : [
        `    endpoint: "opc.tcp://127.0.0.1:${port}"`,
        `    security: ${securityOf(device)}`,
        "    publishMs: 500",
      ];
  return [
    `  - id: ${text(device.id)}`,
    `    driver: ${device.protocol}`,
    ...connection,
    "    metrics:",
    ...device.signals.map((signal) => `      - { ${metric(signal)} }`),
  ];
}

function metric({ metric: name, at, type, scale, unit, deadband }: Signal): string {
  const place =
    "node" in at
      ? [`node: ${text(`ns=1;s=${at.node}`)}`]
      : [
          `register: ${text(`input:${at.register}`)}`,
          `type: ${type}`,
          ...(at.wordOrder === "little" ? ["wordOrder: little"] : []),
          ...(scale === 1 ? [] : [`scale: ${scale}`]),
        ];
  return [
    `name: ${text(name)}`,
    ...place,
    ...(unit === "" ? [] : [`unit: ${text(unit)}`]),
    ...(deadband === 0 ? [] : [`deadband: ${deadband}`]),
  ].join(", ");
}

/** The mills are on the office network and encrypt; the washer and the silo are on the machine's. */
function securityOf({ id }: Device): "none" | "basic256sha256" {
  return id.startsWith("mill") ? "basic256sha256" : "none";
}

function text(value: string): string {
  return JSON.stringify(value);
}
