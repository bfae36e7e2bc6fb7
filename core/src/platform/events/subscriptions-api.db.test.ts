import type { AuditEntry, ParkedEvent, SubscriptionState } from "@millwright/contracts/api";
import { sql } from "kysely";
import { expect, test } from "vitest";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { newEvent } from "./new-event.ts";
import { nameOf, recording } from "./recording.fixture.ts";
import { SubscriptionRunner } from "./run-subscription.ts";

const { plant } = await plantOfFile();
const path = "/api/admin/subscriptions/test.recording";

test("shows the lag, retries what is parked once a person asks, and says who asked", async () => {
  let isBroken = true;
  const home = await plant.worker.db.homeOf(plant.tenantId);
  const failing = recording((event) => {
    if (isBroken && nameOf(event) === "poison") throw new Error("no such machine");
  });
  const runner = new SubscriptionRunner(failing, { ...plant.worker, ...home });
  await emit(["poison", "behind it"]);
  while (await runner.catchUp());
  expect(await state()).toMatchObject({ eventsBehind: 0, parkedEvents: 2, parkedStreams: 1 });

  const { rows } = await plant.get<{ rows: ParkedEvent[] }>(`${path}/parked`);
  expect(rows.map(({ isFirst }) => isFirst)).toEqual([true, false]);
  expect(rows[0]).toMatchObject({ reason: "Error: no such machine", asked: null });
  const command = (index: number, name: string) =>
    plant.call("POST", `${path}/parked/${rows[index]?.position}/${name}`, {});
  expect(await command(1, "retry")).toMatchObject({
    status: 409,
    body: { code: "parked_event.waits" },
  });
  isBroken = false;
  // As if the tries by itself were over: only the person brings it back.
  await plant.worker.db.inTenant(plant.tenantId, (tx) =>
    sql`update platform.parked_event set next_attempt_time = null`.execute(tx.over()),
  );
  expect(await command(0, "retry")).toMatchObject({ status: 200, body: { asked: "retry" } });
  const fresh = new SubscriptionRunner(failing, { ...plant.worker, ...home });
  while (await fresh.catchUp());
  expect(await state()).toMatchObject({ parkedEvents: 0 });
  expect(await command(0, "skip")).toMatchObject({
    status: 404,
    body: { code: "parked_event.unknown" },
  });

  const audit = await plant.get<{ rows: AuditEntry[] }>("/api/admin/audit?objectType=parked_event");
  expect(audit.rows).toHaveLength(1);
  expect(audit.rows[0]?.changes).toEqual([{ field: "asked", before: null, after: "retry" }]);
});

test("refuses to replay what would double its effects, and what there is not", async () => {
  expect(await replay("test.recording")).toMatchObject({
    status: 409,
    body: { code: "subscription.not_replayable" },
  });
  expect(await replay("test.nobody")).toMatchObject({
    status: 404,
    body: { code: "subscription.unknown" },
  });
});

function replay(name: string) {
  return plant.call("POST", `/api/admin/subscriptions/${name}/replay`, { fromPosition: "0" });
}

async function state(): Promise<SubscriptionState | undefined> {
  const { rows } = await plant.get<{ rows: SubscriptionState[] }>("/api/admin/subscriptions");
  return rows.find(({ name }) => name === "test.recording");
}

async function emit(names: readonly string[]): Promise<void> {
  await plant.worker.db.inTenant(plant.tenantId, async (tx) => {
    tx.emit(
      names.map((edgeNodeId) =>
        newEvent("equipment.edge_node_changed@1", {
          tenantId: plant.tenantId,
          stream: "edge_node:one",
          streamVersion: null,
          payload: { groupId: "plant", edgeNodeId },
          actor: { kind: "system", id: "test" },
        }),
      ),
    );
    await Promise.resolve();
  });
}
