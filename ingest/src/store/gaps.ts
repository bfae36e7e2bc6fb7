import type { OffsetRange } from "../derive/watermark.ts";
import type { RegisteredNode } from "../session/cell.ts";
import type { Client } from "./database.ts";

export type Gap = {
  node: RegisteredNode;
  epoch: string | null;
  lost: OffsetRange;
  reason: string;
};

export async function insertGaps(client: Client, gaps: readonly Gap[]): Promise<void> {
  if (gaps.length === 0) return;
  await client.query(
    `insert into telemetry.gap (tenant_id, group_id, edge_node_id, epoch, first_offset, last_offset, reason)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
     on conflict do nothing`,
    [
      gaps.map(({ node }) => node.tenantId),
      gaps.map(({ node }) => node.groupId),
      gaps.map(({ node }) => node.edgeNodeId),
      gaps.map(({ epoch }) => epoch),
      gaps.map(({ lost }) => lost.first),
      gaps.map(({ lost }) => lost.last),
      gaps.map(({ reason }) => reason),
    ],
  );
}
