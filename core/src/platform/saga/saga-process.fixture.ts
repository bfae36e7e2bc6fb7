import { sql } from "kysely";
import { z } from "zod";

import type { Transaction } from "../db/transaction.ts";
import { Refusal } from "../errors.ts";
import { openPlatform } from "../open-platform.ts";
import { defineSaga, type StepContext } from "./define-saga.ts";
import { sagaRunner } from "./saga-runner.ts";

/** Runs the saga of the tests in a process of its own, which kills itself at one point. */
export const order = defineSaga({
  name: "test.order",
  input: z.object({ refuseAt: z.string().nullable() }),
  steps: ["reserve", "pay", "ship"].map((name) => ({
    name,
    do: async (tx: Transaction, { input, key }: StepContext<{ refuseAt: string | null }>) => {
      dieAt(`${name}:start`);
      if (input.refuseAt === name) throw new Refusal("test.refused", `${name} is refused`);
      await write(tx, key);
      dieAt(`${name}:end`);
      return { key };
    },
    compensate: async (tx: Transaction, { key }: StepContext<{ refuseAt: string | null }>) => {
      dieAt(`${name}:compensate-start`);
      await write(tx, key);
      dieAt(`${name}:compensate-end`);
    },
  })),
});

/** An effect that would be there twice if it were done twice. */
async function write(tx: Transaction, key: string): Promise<void> {
  await sql`
    insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
    values (gen_random_uuid(), ${tx.tenantId}, ${crypto.randomUUID()}, ${key}, 'buy', 'pc')`.execute(
    tx.over(),
  );
}

function dieAt(point: string): void {
  if (process.env["DIE_AT"] === point) process.kill(process.pid, "SIGKILL");
}

if (process.env["DIE_AT"] !== undefined) {
  const platform = await openPlatform({
    process: "saga",
    databaseUrl: process.env["DATABASE_URL"] ?? "",
    logLevel: "silent",
  });
  for (const home of platform.db.homes()) {
    sagaRunner([order.registered], { ...platform, db: home.db }).start();
  }
}
