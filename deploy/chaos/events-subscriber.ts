import { sql } from "kysely";

import { SubscriptionRunner } from "../../core/src/platform/events/run-subscription.ts";
import { openPlatform } from "../../core/src/platform/open-platform.ts";

/** Digests until it is killed. Its effect adds: an event that is applied twice is seen as 2. */
const platform = await openPlatform({
  process: "chaos",
  databaseUrl: process.env["DATABASE_URL"] ?? "",
  logLevel: "silent",
});
const runner = new SubscriptionRunner(
  {
    name: "chaos.subscriber",
    keys: ["equipment.edge_node_changed@1"],
    handle: async (tx, events) => {
      const ids = events.map(({ payload }) => (payload as { edgeNodeId: string }).edgeNodeId);
      await sql`
        insert into chaos.effect as effect (id, times)
        select unnest(${ids}::uuid[]), 1
        on conflict (id) do update set times = effect.times + 1`.execute(tx.over());
    },
  },
  { ...platform, ...platform.db.installation },
);
runner.start();
process.stdout.write("ready\n");
