import { expect, test } from "vitest";

import { readSettings } from "./settings.ts";

const DATABASE_URL = "postgresql://mw_ingest@localhost/millwright";

test.each([
  { env: {}, listensOn: "127.0.0.1" },
  { env: { HOST: "127.0.0.2" }, listensOn: "127.0.0.2" },
  { env: { MQTT_HOST: "0.0.0.0" }, listensOn: "0.0.0.0" },
  { env: { HOST: "127.0.0.2", MQTT_HOST: "192.0.2.1" }, listensOn: "192.0.2.1" },
  { env: { HOST: "127.0.0.2", MQTT_HOST: "" }, listensOn: "127.0.0.2" },
])("with $env the broker listens on $listensOn", ({ env, listensOn }) => {
  expect(readSettings({ DATABASE_URL, ...env }).MQTT_HOST).toBe(listensOn);
});

test("a missing database is named", () => {
  expect(() => readSettings({})).toThrow(/^DATABASE_URL /);
});
