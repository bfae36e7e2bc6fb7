import { randomUUID } from "node:crypto";

import { tenantIdSchema } from "@millwright/contracts/units";
import { sql } from "kysely";

import { Database } from "../../core/src/platform/db/database.ts";
import { newEvent } from "../../core/src/platform/events/new-event.ts";

/**
 * Writes until it is killed: per transaction one to five rows and as many events. A number is printed
 * only after its commit was acknowledged, so the harness knows what must never be lost.
 */
const tenantId = tenantIdSchema.parse(process.env["CHAOS_TENANT"]);
const db = new Database(process.env["DATABASE_URL"] ?? "", {
  poolMax: 2,
  onError: () => undefined,
});

for (;;) {
  const ids = Array.from({ length: 1 + Math.floor(Math.random() * 5) }, () => randomUUID());
  try {
    await db.inTenant(tenantId, async (tx) => {
      await sql`insert into chaos.source (id) select unnest(${ids}::uuid[])`.execute(tx.over());
      tx.emit(
        ids.map((id, index) =>
          newEvent("equipment.edge_node_changed@1", {
            tenantId,
            stream: `edge_node:${index}`,
            streamVersion: null,
            payload: { groupId: "chaos", edgeNodeId: id },
            actor: { kind: "system", id: "chaos" },
          }),
        ),
      );
    });
    process.stdout.write(`${ids.join(" ")}\n`);
  } catch {
    // The database is away; nobody was told that anything was saved.
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
