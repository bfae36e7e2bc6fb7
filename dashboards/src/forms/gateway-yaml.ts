import type { Registration } from "../api/shapes.ts";

/**
 * A configuration file for the edge agent of a gateway that was just registered: a Modbus device as an
 * example, to be changed to the real one. `brokerHost`: where the gateway reaches this installation.
 */
export function gatewayYaml(gateway: Registration, brokerHost: string): string {
  return `edgeNode: ${JSON.stringify(gateway.edgeNodeId)}
group: ${JSON.stringify(gateway.groupId)}
broker: { url: "mqtt://${brokerHost}:1883", token: ${JSON.stringify(gateway.token)} }
devices:
  - id: saw
    driver: modbus-tcp
    host: 192.0.2.10
    metrics:
      - { name: count/good, register: "holding:0", type: uint32, unit: pcs }
      - { name: state, register: "holding:4", type: uint16 }
`;
}
