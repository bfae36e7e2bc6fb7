import { healthSchema } from "@millwright/contracts/api";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { helperKey } from "../../seed/helper-keys.ts";
import { apiClient } from "../api.ts";
import { StartedPlant, freePorts, survivors } from "../started-plant.ts";
import { until } from "../until.ts";

let dataDir: string;
let port: number;
let mqttPort: number;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), "millwright-start-"));
  chmodSync(dataDir, 0o755);
  [port = 0, mqttPort = 0] = await freePorts(2);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe("npm start", () => {
  test("serves a healthy plant, stops on Ctrl-C without an orphan, and continues where it was", async () => {
    let tenantsBefore: unknown;
    {
      await using plant = start();
      await plant.ready();
      expect(await health(plant)).not.toBe("down");
      expect(await page(plant)).toContain("<html");
      for (const row of [
        "Plant",
        "First sign-in",
        "Health",
        "MQTT broker",
        "Database",
        "Data folder",
        "Started in",
      ]) {
        expect(plant.output).toMatch(new RegExp(`^ +${row} +\\S`, "m"));
      }
      tenantsBefore = await equipment(plant);
      const family = plant.family();
      expect(family.length).toBeGreaterThan(5);
      expect(await plant.signal("SIGINT")).toBe(0);
      expect(survivors(family)).toEqual([]);
    }
    await using again = start();
    await again.ready();
    expect(await equipment(again)).toEqual(tenantsBefore);
    expect(again.output).not.toContain("making the database");
  });

  test("leaves no orphan when it is killed, demo plant and gateways included, and starts again", async () => {
    const family = await endedPlant({ signal: "SIGKILL", args: [] });
    expect(family.length).toBeGreaterThan(12);
    await until("everything it had started is gone", () => {
      const left = survivors(family);
      if (left.length > 0) throw new Error(`still there: ${left.join(", ")}`);
      return true;
    });
    await using again = start();
    await again.ready();
    expect(await health(again)).not.toBe("down");
  });

  test("starts a crashed process again, and says so", async () => {
    await using plant = start();
    await plant.ready();
    const ingest = plant.family().find((pid) => commandOf(pid).includes("ingest/src/main.ts"));
    process.kill(ingest ?? 0, "SIGKILL");
    await until("it is back", () => plant.output.includes("ingest is back"), 30_000);
    expect(plant.output).toContain("ingest ended (SIGKILL); starting it again");
  });

  test("with --no-demo the plant is empty, and the next start names the gateways registered", async () => {
    {
      await using plant = start();
      await plant.ready();
      expect(await equipment(plant)).toMatchObject({ areas: [] });
      expect(plant.output).toContain("none yet");
      await apiClient(plant.url, await helperKey(dataDir, "demo")).post("/api/edge-nodes", {
        edgeNodeId: "gateway-1",
      });
    }
    await using again = start();
    await again.ready();
    expect(again.output).toMatch(/^ +Gateways +\S+\/gateway-1;/m);
  });
});

describe("a start that cannot work ends with one sentence and exit code 1:", () => {
  test.each(["PORT", "MQTT_PORT"])("the port of %s is taken", async (name) => {
    const taken = name === "PORT" ? port : mqttPort;
    const server = createServer().listen(taken, "127.0.0.1");
    await once(server, "listening");
    try {
      await expectRefusal(start(), new RegExp(`Port ${taken} .* is taken .* set ${name}`));
    } finally {
      server.close();
    }
  });

  test("the data folder is a file", async () => {
    const file = join(dataDir, "file");
    writeFileSync(file, "");
    await expectRefusal(start(file), /data folder .* cannot be made .* set DATA_DIR/);
  });

  test("the data folder holds somebody else's files", async () => {
    writeFileSync(join(dataDir, "thesis.docx"), "");
    await expectRefusal(start(), /not Millwright's \(thesis\.docx\): set DATA_DIR/);
  });

  test("the database in the data folder is damaged", async () => {
    await endedPlant({ signal: "SIGTERM" });
    const control = join(dataDir, "postgres", "global", "pg_control");
    writeFileSync(control, Buffer.alloc(8_192, 7));
    await expectRefusal(start(), /database .* does not start .* restore a backup/);
  });

  test.runIf(process.getuid?.() === 0)("the disk is full", async () => {
    const small = join(dataDir, "small");
    mkdirSync(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=50m", "tmpfs", small]);
    try {
      await expectRefusal(start(small), /disk of .* has \d+ MB left .* free some space/);
    } finally {
      execFileSync("umount", [small]);
    }
  });

  test("a value is wrong", async () => {
    await expectRefusal(start(dataDir, ["--speed", "fast"]), /--speed fast must be a number/);
  });
});

function start(folder = dataDir, args = ["--no-demo"]): StartedPlant {
  return new StartedPlant({ dataDir: folder, port, mqttPort, args });
}

/** Runs a plant once and ends it; returns the numbers of the processes it had. */
async function endedPlant(asked: { signal: NodeJS.Signals; args?: string[] }): Promise<number[]> {
  const plant = start(dataDir, asked.args);
  await plant.ready();
  const family = plant.family();
  await plant.signal(asked.signal);
  return family;
}

async function expectRefusal(plant: StartedPlant, sentence: RegExp): Promise<void> {
  await using running = plant;
  expect(await running.ended()).toBe(1);
  expect(running.output.trim()).toMatch(sentence);
  expect(running.output.trim().split("\n")).toHaveLength(1);
}

async function health(plant: StartedPlant): Promise<string> {
  const response = await fetch(`${plant.url}/api/health`);
  return healthSchema.parse(await response.json()).status;
}

async function page(plant: StartedPlant): Promise<string> {
  const response = await fetch(plant.url);
  expect(response.status).toBe(200);
  return await response.text();
}

async function equipment(plant: StartedPlant): Promise<unknown> {
  const authorization = `Bearer ${await helperKey(dataDir, "start")}`;
  const response = await fetch(`${plant.url}/api/equipment`, { headers: { authorization } });
  expect(response.status).toBe(200);
  return await response.json();
}

function commandOf(pid: number): string {
  return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
}
