import { expect, test } from "vitest";

import { BadSetting, readSettings } from "./settings.ts";

test("without anything, a plant at ten times the speed beside a core on this machine", () => {
  expect(readSettings({}, [])).toMatchObject({
    CORE_URL: "http://127.0.0.1:8080",
    MQTT_URL: "mqtt://127.0.0.1:1883",
    seed: 1,
    speed: 10,
    "no-breaks": false,
  });
});

test.each([
  [["--speed", "fast"], /^The demo plant cannot start: speed is wrong/],
  [["--speed", "1000"], /speed is wrong/],
  [["--sped", "3"], /known are --seed NUMBER, --speed FACTOR and --no-breaks/],
])("refuses %j in one sentence", (args, sentence) => {
  expect(() => readSettings({}, args)).toThrow(BadSetting);
  expect(() => readSettings({}, args)).toThrow(sentence);
});
