import type { MoveToPost } from "@millwright/contracts/api";
import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";
import pg from "pg";

import type { Database } from "../../core/src/platform/db/database.ts";

/** A table like stock_move, with its checks and indexes, and nothing that watches it. */
export async function makePlainTable(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query(
      `create table inventory.plain_move (like inventory.stock_move including all)`,
    );
    await owner.query(`call platform.fence('inventory.plain_move')`);
    await owner.query(`grant select, insert on inventory.plain_move to mw_core`);
  } finally {
    await owner.end();
  }
}

/** One transaction that inserts the rows and does nothing else. */
export function insertPlain(db: Database, tenantId: TenantId, moves: readonly MoveToPost[]) {
  return db.inTenant(tenantId, async (tx) => {
    await sql`
      insert into inventory.plain_move
        (tenant_id, move_id, item_id, from_location_id, to_location_id, quantity, reason, moved_time,
         actor)
      select ${tenantId}, m.*, now(), '{"kind":"system","id":"bench"}'
        from unnest(${moves.map((move) => move.moveId)}::uuid[],
                    ${moves.map((move) => move.itemId)}::uuid[],
                    ${moves.map((move) => move.fromLocationId)}::uuid[],
                    ${moves.map((move) => move.toLocationId)}::uuid[],
                    ${moves.map((move) => move.quantity)}::numeric[],
                    ${moves.map((move) => move.reason)}::text[]) as m`.execute(tx.over());
  });
}
