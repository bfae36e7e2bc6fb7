import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MetricName } from "@millwright/contracts/sparkplug";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { ModbusTestDevice } from "./drivers/modbus-tcp/test-device.ts";
import { named, TestHost } from "./publish/test-host.ts";

/** The agent as it is run: a process of its own, started, stopped and killed. */
describe("edge agent process", { timeout: 60_000 }, () => {
  let folder: string;
  let host: TestHost;
  let plc: ModbusTestDevice;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "mw-main-"));
    plc = await ModbusTestDevice.make();
    await plc.start();
    host = await TestHost.start();
    await host.state(true);
    await writeFile(
      join(folder, "plc.yaml"),
      `group: ${host.group}
edgeNode: ${host.edgeNode}
broker: { url: "mqtt://127.0.0.1:${host.port}", token: secret }
devices:
  - id: saw
    driver: modbus-tcp
    host: 127.0.0.1
    port: ${plc.port}
    pollMs: 20
    metrics: [{ name: count.good, register: "holding:0", type: uint32 }]
`,
    );
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    await host.down();
    await plc.stop();
    await rm(folder, { recursive: true });
  });

  function start(args = ["--config", join(folder, "plc.yaml"), "--data", join(folder, "data")]) {
    const child = fork(join(import.meta.dirname, "main.ts"), args, {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    children.push(child);
    return child;
  }

  async function countUntil(condition: () => boolean): Promise<void> {
    let value = plc.holding.readUInt32BE(0);
    await host.until(() => {
      value += 1;
      plc.setCounter(value);
      return condition();
    });
  }

  test("says ready, and on SIGTERM goodbye", async () => {
    const child = start();
    expect(await once(child, "message")).toContainEqual({ type: "ready" });
    await countUntil(() => host.data().length > 5);
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(host.received.at(-1)?.type).toBe("NDEATH");
  });

  test("stops when its parent is gone", async () => {
    const child = start();
    await once(child, "message");
    child.disconnect();
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  test("killed again and again, it delivers every offset of one epoch exactly as recorded", async () => {
    const values = new Map<number, number>();
    for (let round = 0; round < 4; round += 1) {
      const births = host.all("NBIRTH").length;
      const child = start();
      await host.until(() => host.all("NBIRTH").length > births);
      const seen = host.data().length;
      await countUntil(() => host.data().length > seen + 15);
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const epochs = new Set(
      host.all("NBIRTH").map((birth) => named(birth, MetricName.epoch)?.value),
    );
    expect(epochs.size).toBe(1);
    const last = start();
    await host.until(() => host.all("NBIRTH").length === 5);
    await countUntil(() => (host.data().at(-1)?.offset ?? 0) > 60);
    await host.ack({ epoch: host.epoch(), contiguous: "0", missing: [["1", String(highest())]] });
    await host.until(() => host.offsets().every((offset, index) => offset === index + 1));
    for (const { offset, message } of host.data()) {
      const value =
        message.metrics.map(({ value }) => Number(value)).find((v) => v !== offset) ?? offset;
      expect(values.get(offset) ?? value).toBe(value);
      values.set(offset, value);
    }
    last.kill("SIGTERM");
    expect(await once(last, "exit")).toEqual([0, null]);
  });

  function highest(): number {
    return Math.max(...host.offsets());
  }

  test("one sentence and exit code 1 for a wrong configuration", async () => {
    await writeFile(join(folder, "bad.yaml"), "group: a\n");
    const child = start(["--config", join(folder, "bad.yaml"), "--data", folder]);
    let text = "";
    child.stderr?.on("data", (bytes: Buffer) => {
      text += bytes.toString();
    });
    expect(await once(child, "close")).toEqual([1, null]);
    expect(text).toMatch(/bad\.yaml:1: edgeNode: is missing/);
    expect(text).not.toMatch(/ at .*\.ts:/);
  });
});
