import type { Transaction } from "../../../platform/db/transaction.ts";
import type { EquipmentTables } from "./tables.ts";

/** Registers an edge node or renews its token; a revoked one may connect again. */
export async function saveEdgeNode(
  tx: Transaction,
  edgeNode: { groupId: string; edgeNodeId: string; siteId: string; tokenSha256: Uint8Array },
): Promise<void> {
  const token = { token_sha256: edgeNode.tokenSha256, revoked_time: null };
  await tx
    .over<EquipmentTables>()
    .insertInto("equipment.edge_node")
    .values({
      group_id: edgeNode.groupId,
      edge_node_id: edgeNode.edgeNodeId,
      tenant_id: tx.tenantId,
      site_id: edgeNode.siteId,
      ...token,
    })
    .onConflict((conflict) => conflict.columns(["group_id", "edge_node_id"]).doUpdateSet(token))
    .execute();
}
