import type { LoggedEvent } from "@millwright/contracts/events";
import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { createTestDatabase } from "../../../../deploy/test/database.ts";
import type { Transaction } from "../db/transaction.ts";
import { openPlatform } from "../open-platform.ts";
import { newEvent } from "./new-event.ts";
import { SubscriptionRunner } from "./run-subscription.ts";
import type { Subscription } from "./subscription.ts";

/** A platform on a database of its own, whose subscriptions write down what they were given. */
export async function openRecordingPlant(options: { url?: (worker: string) => string } = {}) {
  await using opening = new AsyncDisposableStack();
  const database = opening.use(await createTestDatabase());
  const databaseUrl = (options.url ?? ((url) => url))(database.urls.worker);
  const platform = opening.use(
    await openPlatform({ process: "test", databaseUrl, logLevel: "silent" }),
  );
  const tenantId = tenantIdSchema.parse(database.tenantId);
  const home = await platform.db.homeOf(tenantId);
  const opened = opening.move();
  const inTenant = <T>(work: (tx: Transaction) => Promise<T>) =>
    platform.db.inTenant(tenantId, work);

  return {
    database,
    platform,
    /** Where the tenant lives. */
    home,
    tenantId,
    inTenant,
    runner: (subscription: Subscription) =>
      new SubscriptionRunner(subscription, { ...platform, ...home }),
    /** Emits one event per name, `stream/name` or just a name on the stream `test`. */
    emit: (names: readonly string[]) =>
      inTenant(async (tx) => {
        tx.emit(names.map((name) => namedEvent(tenantId, name)));
        await Promise.resolve();
      }),
    /** Names in the order of the log, one per time it was applied. */
    recorded: () =>
      inTenant(async (tx) => {
        const { rows } = await sql<{ name: string }>`
          select name
            from engineering.item
           order by split_part(number, ':', 1)::bigint`.execute(tx.over());
        return rows.map(({ name }) => name);
      }),
    parked: () =>
      inTenant(async (tx) => {
        const { rows } = await sql<{ stream: string; reason: string; attempts: number }>`
          select stream, reason, attempts
            from platform.parked_event
           order by position`.execute(tx.over());
        return rows;
      }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export type RecordingPlant = Awaited<ReturnType<typeof openRecordingPlant>>;

/**
 * Writes each event down in a table it may write: applied twice it would be there twice, so what is
 * asserted is the effect itself.
 */
export function recording(before: (event: LoggedEvent) => void = () => undefined): Subscription {
  return {
    name: "test.recording",
    keys: ["equipment.edge_node_changed@1"],
    handle: async (tx, events) => {
      for (const event of events) {
        before(event);
        await sql`
          insert into engineering.item (item_id, tenant_id, number, name, kind, uom)
          values (gen_random_uuid(), ${tx.tenantId}, ${`${event.position}:${crypto.randomUUID()}`},
                  ${nameOf(event)}, 'buy', 'pc')`.execute(tx.over());
      }
    },
  };
}

export function nameOf(event: LoggedEvent): string {
  const { edgeNodeId } = event.payload as { edgeNodeId: string };
  return edgeNodeId;
}

function namedEvent(tenantId: ReturnType<typeof tenantIdSchema.parse>, name: string) {
  const [stream, own] = name.includes("/") ? name.split("/") : ["test", name];
  return newEvent("equipment.edge_node_changed@1", {
    tenantId,
    stream: `edge_node:${stream}`,
    streamVersion: null,
    payload: { groupId: "plant", edgeNodeId: own ?? name },
    actor: { kind: "system", id: "test" },
  });
}
