import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { ConfigError, loadConfig, parseConfig } from "./load.ts";

const example = join(import.meta.dirname, "../../examples/plc.yaml");

function messageOf(text: string): string {
  try {
    parseConfig({ text, file: "plc.yaml" });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "accepted";
}

test("ten lines connect a PLC", async () => {
  const text = await readFile(example, "utf8");
  expect(text.trimEnd().split("\n")).toHaveLength(10);
  const config = parseConfig({ text, file: "plc.yaml" });
  expect(config.broker.username).toBe("plant-a/saw-gateway");
  expect(config.primaryHost).toBe("millwright");
  expect(config.devices[0]).toMatchObject({
    id: "saw",
    port: 502,
    metrics: [
      { name: "count.good", type: "uint32", register: { table: "holding", address: 0 } },
      { name: "state", type: "uint16", register: { table: "holding", address: 2 } },
    ],
  });
});

test("reads the token beside the configuration", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mw-config-"));
  const file = join(folder, "plc.yaml");
  await writeFile(file, await readFile(example));
  await expect(loadConfig(file)).rejects.toThrow(
    /broker\.tokenFile: .*put the device's token there/,
  );
  await writeFile(join(folder, "token"), "s3cret\n");
  expect((await loadConfig(file)).broker.token).toBe("s3cret");
});

test("names the file that cannot be read", async () => {
  await expect(loadConfig("/nowhere/plc.yaml")).rejects.toThrow(
    "/nowhere/plc.yaml: cannot be read; check the path given with --config",
  );
});

describe("a mistake names file, line and key, and the way out", () => {
  const head = `group: g\nedgeNode: e\nbroker: { url: "mqtt://h" }\n`;
  const saw = `devices:\n  - id: saw\n    driver: modbus-tcp\n    host: h\n    metrics:\n`;
  const good = `${head}${saw}      - { name: a, register: "coil:3" }\n`;

  test.each([
    ["a well-formed file", good, "accepted"],
    [
      "a register written as on a label",
      `${head}${saw}      - { name: a, register: "40001" }\n`,
      /^plc\.yaml:9: devices\[0\]\.metrics\[0\]\.register: name the table and the address counted from 0/,
    ],
    [
      "an address beyond the last",
      `${head}${saw}      - { name: a, register: "holding:70000" }\n`,
      /^plc\.yaml:9: .*register: the highest address is 65535$/,
    ],
    [
      "an integer in a coil",
      `${head}${saw}      - { name: a, register: "coil:3", type: int32 }\n`,
      /^plc\.yaml:9: .*type: a coil is one bit: leave type out or write bool$/,
    ],
    [
      "a misspelt key",
      `${good}primaryHosts: x\n`,
      "plc.yaml:10: primaryHosts: there is no such key; check the spelling or remove it",
    ],
    [
      "a missing key",
      good.replace("edgeNode: e\n", ""),
      "plc.yaml:1: edgeNode: is missing; it needs a string",
    ],
    [
      "an unknown driver",
      good.replace("modbus-tcp", "profinet"),
      "plc.yaml:6: devices[0].driver: there is no such driver: write modbus-tcp or opc-ua",
    ],
    [
      "an id that would break the topic",
      good.replace("group: g", "group: a/b"),
      "plc.yaml:1: group: an id is part of the MQTT topic: leave out + / and #",
    ],
    [
      "two metrics of one name",
      `${good}      - { name: a, register: "coil:4" }\n`,
      "plc.yaml:10: devices[0].metrics[1].name: metric a exists already in this device: give it another name",
    ],
    [
      "a reserved name",
      good.replace("name: a", "name: Millwright/Offset"),
      /^plc\.yaml:9: .*name: Millwright\/Offset is reserved for the agent/,
    ],
    [
      "a token twice",
      good.replace(`"mqtt://h"`, `"mqtt://h", token: x, tokenFile: y`),
      "plc.yaml:3: broker: give token or tokenFile, not both",
    ],
    ["text that is not YAML", `${head}devices: [`, /^plc\.yaml:\d+: /],
  ])("%s", (_, text, expected) => {
    expect(messageOf(text)).toMatch(expected);
  });
});
