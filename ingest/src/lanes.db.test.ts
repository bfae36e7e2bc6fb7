import { DataType } from "@millwright/contracts/sparkplug";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";

import { createTestDatabase } from "../../deploy/test/database.ts";
import { eventually, freePort, ingestOn } from "../../deploy/test/plant.ts";
import { TestEdgeNode } from "./broker/test-edge-node.ts";
import { TestCell } from "./store/test-cell.ts";

const start = Date.now() - 3_600_000;

/** Ingest with `count` gateways that have told the count 100, live. */
async function startGateways(count: number) {
  const stack = new AsyncDisposableStack();
  onTestFinished(() => stack.disposeAsync());
  const database = stack.use(await createTestDatabase());
  const cell = stack.use(await TestCell.open(database));
  const port = await freePort();
  const ingest = stack.use(ingestOn(database, port));
  const machines = [];
  for (let i = 0; i < count; i += 1) {
    const gateway = await cell.gateway();
    machines.push({ gateway, workUnitId: await cell.workUnit(gateway, { "count.good": "count" }) });
  }
  await ingest.start();
  const url = `mqtt://127.0.0.1:${port}`;
  const metrics = { count: DataType.UInt32 };
  const connected = [];
  for (const machine of machines) {
    const node = stack.use(await TestEdgeNode.connect({ url, metrics, ...machine.gateway }));
    await node.birth();
    await node.data([{ name: "count", value: 100, time: start }]);
    connected.push({ ...machine, node });
  }
  for (const { gateway } of connected) await storedLive(cell, gateway, 100);
  return { database, cell, gateways: connected };
}

async function storedLive(cell: TestCell, gateway: { edgeNodeId: string }, value: number) {
  await eventually(`the live value ${value} of ${gateway.edgeNodeId}`, async () =>
    (await cell.live({ groupId: "", token: "", ...gateway }, "count"))?.value === value
      ? true
      : null,
  );
}

/** Makes whoever writes records of the gateway wait. */
async function holdLog(urlOfOwner: string, edgeNodeId: string) {
  const client = new pg.Client({ connectionString: urlOfOwner });
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("begin");
  await client.query("select from telemetry.watermark where edge_node_id = $1 for update", [
    edgeNodeId,
  ]);
  return { release: () => client.query("rollback") };
}

/** The backend that waits for a lock of the watermarks; a role sees and ends the sessions of its own. */
async function waitingBackend(asIngest: TestCell, other?: number): Promise<number> {
  return eventually("the replay waits for its log", async () => {
    const rows = await asIngest.query<{ pid: number }>(
      `select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
          and query like 'update telemetry.watermark%' and pid is distinct from $1`,
      [other ?? null],
    );
    return rows[0]?.pid ?? null;
  });
}

it("delays no live value of another gateway by a replay that hangs, fails and is tried again", async () => {
  // Three, so that one shares the returning gateway's writer (decision 0024).
  const { database, cell, gateways } = await startGateways(3);
  const [back, ...others] = gateways;
  if (back === undefined) throw new Error("there are three gateways");
  const held = await holdLog(database.home.owner, back.gateway.edgeNodeId);
  for (let offset = 2; offset <= 20; offset += 1) {
    const reading = { name: "count", value: 99 + offset, time: start + offset * 1000 };
    await back.node.data([reading], { offset, isHistorical: true });
  }
  const asIngest = await TestCell.open({ ...database, home: { owner: database.home.ingest } });
  onTestFinished(() => asIngest[Symbol.asyncDispose]());
  const waiting = await waitingBackend(asIngest);
  back.node.skip({ offsets: 19 });
  await back.node.data([{ name: "count", value: 130, time: start + 30_000 }]);
  for (const { node, gateway } of others) {
    await node.data([{ name: "count", value: 107, time: start + 7000 }]);
    await storedLive(cell, gateway, 107);
  }
  // Whether a batch whose connection broke was committed only the database knows: it is written again.
  await asIngest.query("select pg_terminate_backend($1)", [waiting]);
  await waitingBackend(asIngest, waiting);
  for (const { node, gateway } of others) {
    await node.data([{ name: "count", value: 109, time: start + 9000 }]);
    await storedLive(cell, gateway, 109);
  }
  // One log has one writer: its own live value waits for the replay before it.
  expect(await cell.live(back.gateway, "count")).toMatchObject({ value: 100 });

  await held.release();
  await storedLive(cell, back.gateway, 130);
  await eventually("every piece told", async () =>
    (await cell.counted(back.workUnitId)) === 30 ? true : null,
  );
  expect((await cell.samples(back.gateway, "count")).map(({ value }) => value)).toEqual([
    ...Array.from({ length: 20 }, (_, i) => 100 + i),
    130,
  ]);
  for (const { workUnitId } of others) {
    await eventually("nine pieces told", async () =>
      (await cell.counted(workUnitId)) === 9 ? true : null,
    );
  }
});
