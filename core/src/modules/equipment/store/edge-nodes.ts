import type { Transaction } from "../../../platform/db/transaction.ts";
import type { EquipmentTables } from "./tables.ts";

/**
 * Registers an edge node. A known one gets the new token only by `renew`, and may then connect again if
 * it was revoked; else nothing is changed, and the answer is false.
 */
export async function saveEdgeNode(
  tx: Transaction,
  edgeNode: { groupId: string; edgeNodeId: string; siteId: string; tokenSha256: Uint8Array },
  { renew }: { renew: boolean },
): Promise<boolean> {
  const token = { token_sha256: edgeNode.tokenSha256, revoked_time: null };
  const result = await tx
    .over<EquipmentTables>()
    .insertInto("equipment.edge_node")
    .values({
      group_id: edgeNode.groupId,
      edge_node_id: edgeNode.edgeNodeId,
      tenant_id: tx.tenantId,
      site_id: edgeNode.siteId,
      ...token,
    })
    .onConflict((conflict) => {
      const known = conflict.columns(["group_id", "edge_node_id"]);
      return renew ? known.doUpdateSet(token) : known.doNothing();
    })
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}
