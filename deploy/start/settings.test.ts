import { expect, test } from "vitest";

import { readSettings } from "./settings.ts";

test("defaults are those of the documentation", () => {
  expect(readSettings({}, [])).toMatchObject({
    host: "127.0.0.1",
    port: 8080,
    mqttPort: 1883,
    hasDemo: true,
    demoArguments: [],
  });
});

test("an empty variable counts as absent", () => {
  expect(readSettings({ PORT: "", DATABASE_URL: "" }, [])).toMatchObject({
    port: 8080,
    databaseUrl: undefined,
  });
});

test("seed and speed reach the demo plant", () => {
  const { demoArguments } = readSettings({}, ["--seed", "7", "--speed", "20"]);
  expect(demoArguments).toEqual(["--seed", "7", "--speed", "20"]);
});

test("core and the broker may listen beyond loopback, together or the broker alone", () => {
  expect(readSettings({ HOST: "0.0.0.0" }, [])).toMatchObject({
    host: "0.0.0.0",
    mqttHost: "0.0.0.0",
  });
  expect(readSettings({ MQTT_HOST: "0.0.0.0" }, [])).toMatchObject({
    host: "127.0.0.1",
    mqttHost: "0.0.0.0",
  });
  expect(readSettings({ HOST: "127.0.0.2" }, []).mqttHost).toBe("127.0.0.2");
});

test.each([
  [{ PORT: "http" }, [], "PORT=http must be a port number"],
  [{ PORT: "70000" }, [], "PORT=70000 must be between 1 and 65535"],
  [{ MQTT_URL: "broker" }, [], "MQTT_URL=broker must look like"],
  [{ DATABASE_URL: "mysql://x" }, [], "DATABASE_URL=mysql://x must start with postgresql://"],
  [{ EMBEDDED_DB: "sqlite" }, [], "EMBEDDED_DB=sqlite must be timescale or postgres"],
  [{}, ["--demo"], "Unknown option '--demo'"],
  [{}, ["--speed", "fast"], "--speed fast must be a number"],
])("refuses %j %j in one sentence", (env, args, reason) => {
  expect(() => readSettings(env, args)).toThrow(reason);
});
