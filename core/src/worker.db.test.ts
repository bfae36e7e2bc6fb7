import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import type { WorkOrder } from "@millwright/contracts/api";
import { afterAll, expect, test } from "vitest";

import { until } from "../../deploy/test/until.ts";
import { verifyWorkOrder } from "./modules/production/index.ts";
import { counted, makeLine, releaseOrder } from "./testing/plant.ts";
import { plantOfFile } from "./testing/plant-of-file.ts";

const { database, plant } = await plantOfFile();
const workers: ChildProcess[] = [];

afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
});

test("workers killed in the middle of their work lose no piece and count none twice", async () => {
  const { machines, item } = await makeLine(plant, ["saw"]);
  const workUnitId = machines[0]?.workUnitId ?? "";
  const { workOrderId } = await releaseOrder(plant, item.itemId, 10_000);
  const good = async () => {
    const order = await plant.get<WorkOrder>(`/api/work-orders/${workOrderId}`);
    return Number(order.operations[0]?.good);
  };
  const rounds = 3;
  const perRound = 1500;
  for (let round = 0; round < rounds; round += 1) {
    const worker = await startWorker();
    const before = await good();
    for (let n = 0; n < perRound; n += 100) {
      const at = (index: number) => plant.now() + (round * perRound + n + index) * 1000;
      await plant.emit(
        Array.from({ length: 100 }, (_, index) =>
          counted(plant.tenantId, { workUnitId, delta: 1, at: at(index) }),
        ),
      );
    }
    await until("the worker is at it", async () => (await good()) > before);
    worker.kill("SIGKILL");
    await once(worker, "exit");
  }
  const last = await startWorker();
  await until("all is digested", async () => (await good()) >= rounds * perRound);
  // Two that digest at once would only show that one of them gives way.
  last.kill("SIGTERM");
  await once(last, "exit");
  await plant.settle();
  expect(await good()).toBe(rounds * perRound);
  const difference = await plant.core.db.inTenant(plant.tenantId, (tx) =>
    verifyWorkOrder(tx, workOrderId),
  );
  expect(difference).toBeNull();
});

async function startWorker(): Promise<ChildProcess> {
  const worker = spawn(process.execPath, [join(import.meta.dirname, "worker.ts")], {
    env: { PATH: process.env["PATH"], LOG_LEVEL: "error", DATABASE_URL: database.urls.worker },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  workers.push(worker);
  await once(worker, "message", { signal: AbortSignal.timeout(15_000) });
  return worker;
}
