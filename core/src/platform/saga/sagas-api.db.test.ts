import type { AuditEntry, Saga } from "@millwright/contracts/api";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { z } from "zod";

import { plantOfFile } from "../../testing/plant-of-file.ts";
import { defineSaga } from "./define-saga.ts";
import { advanceDueSagas } from "./saga-runner.ts";
import { startSaga } from "./start-saga.ts";

type Page = { rows: Saga[]; nextCursor: string | null };

const { plant } = await plantOfFile();
const path = "/api/admin/sagas";

test("a stuck flow is listed and counted, goes on when a person asks, and only then", async () => {
  let isBroken = true;
  const flow = defineSaga({
    name: "test.flow",
    input: z.object({}),
    steps: [
      {
        name: "only",
        do: () => (isBroken ? Promise.reject(new Error("no dock")) : Promise.resolve()),
      },
    ],
  });
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  const { db } = await plant.worker.db.homeOf(plant.tenantId);
  const advance = async () => {
    await db.inTenant(plant.tenantId, (tx) =>
      sql`update platform.saga set next_attempt_time = '-infinity'`.execute(tx.over()),
    );
    const { log } = plant.worker;
    await advanceDueSagas([flow.registered], { db, log }, new AbortController().signal);
  };
  for (const sagaId of ids) {
    await db.inTenant(plant.tenantId, (tx) => startSaga(tx, flow, { sagaId, input: {} }));
  }
  for (let attempt = 0; attempt < 8; attempt += 1) await advance();

  const first = await plant.get<Page>(`${path}?limit=1`);
  expect(first.rows).toMatchObject([
    { name: "test.flow", state: "stuck", reason: "Error: no dock" },
  ]);
  const cursor = encodeURIComponent(first.nextCursor ?? "");
  const second = await plant.get<Page>(`${path}?limit=1&cursor=${cursor}`);
  expect([...first.rows, ...second.rows].map(({ sagaId }) => sagaId).toSorted()).toEqual(
    ids.toSorted(),
  );
  expect(await plant.core.metrics.registry.metrics()).toMatch(
    /millwright_sagas_stuck\{database="[^"]+"\} 2/,
  );

  isBroken = false;
  const retry = (sagaId: string) => plant.call("POST", `${path}/${sagaId}/retry`, {});
  expect(await retry(ids[0] ?? "")).toMatchObject({ status: 200, body: { state: "running" } });
  await advance();
  expect((await plant.get<Page>(`${path}?state=done`)).rows.map(({ sagaId }) => sagaId)).toEqual([
    ids[0],
  ]);
  expect(await retry(ids[0] ?? "")).toMatchObject({
    status: 409,
    body: { code: "saga.not_stuck" },
  });
  expect(await retry(crypto.randomUUID())).toMatchObject({
    status: 404,
    body: { code: "saga.unknown" },
  });
  const audit = await plant.get<{ rows: AuditEntry[] }>("/api/admin/audit?objectType=saga");
  expect(audit.rows[0]).toMatchObject({ objectId: ids[0], label: "test.flow" });
});
