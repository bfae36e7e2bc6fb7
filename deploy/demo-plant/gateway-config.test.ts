import { expect, test } from "vitest";

import { parseConfig } from "../../edge-agent/src/config/load.ts";
import { devices, gateways } from "./devices.ts";
import { gatewayConfig } from "./gateway-config.ts";

const ports = { saw: 1502, deburr: 1503, assembly: 1504, pack: 1505, scale: 1506, "opc-ua": 4840 };

test.each(gateways)("the edge agent accepts the configuration of %s", (gateway) => {
  const written = gatewayConfig({
    gateway,
    groupId: "plant",
    brokerUrl: "mqtt://127.0.0.1:1883",
    primaryHost: "millwright",
    tokenFile: `${gateway}.token`,
    ports,
  });
  const config = parseConfig({ text: written, file: `${gateway}.yaml` });
  const own = devices.filter((device) => device.gateway === gateway);
  expect(config.devices.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
});

test("no two signals of a device share a place", () => {
  for (const { id, signals } of devices) {
    const places = signals.map(({ at }) => JSON.stringify(at));
    expect(new Set(places).size, id).toBe(signals.length);
  }
});
