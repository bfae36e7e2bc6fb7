import {
  fromMultirange,
  type OffsetRange,
  toMultirange,
  type Watermark,
} from "../derive/watermark.ts";
import type { RegisteredNode } from "../session/cell.ts";
import type { Client, Queryable } from "./database.ts";

/** The watermark of an edge log; made when it is new. */
export async function loadWatermark(
  db: Queryable,
  node: RegisteredNode,
  epoch: string,
): Promise<Watermark> {
  const key = [node.groupId, node.edgeNodeId, epoch];
  await db.query(
    `insert into telemetry.watermark (group_id, edge_node_id, epoch) values ($1, $2, $3)
     on conflict do nothing`,
    key,
  );
  const { rows } = await db.query<{ contiguous: string; ranges: string }>(
    `select contiguous, ranges::text as ranges from telemetry.watermark
      where group_id = $1 and edge_node_id = $2 and epoch = $3`,
    key,
  );
  return {
    contiguous: Number(rows[0]?.contiguous ?? 0),
    ranges: fromMultirange(rows[0]?.ranges ?? "{}"),
  };
}

export type WatermarkMove = {
  node: RegisteredNode;
  epoch: string;
  from: Watermark;
  to: Watermark;
};

/** Another writer moved a watermark: what this process knows of it is old. */
export class WatermarkMoved extends Error {
  override readonly name = "WatermarkMoved";
}

/**
 * Moves watermarks from what this process knows to what the batch makes of them. The row stays locked
 * until commit, so one edge has one writer at a time. @throws WatermarkMoved
 */
export async function moveWatermarks(
  client: Client,
  moves: readonly WatermarkMove[],
): Promise<void> {
  if (moves.length === 0) return;
  const { rowCount } = await client.query({
    name: "move_watermarks",
    text: `update telemetry.watermark w
        set contiguous = n.contiguous, ranges = n.ranges::int8multirange, updated_time = now()
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::text[])
              n (group_id, edge_node_id, epoch, old_contiguous, old_ranges, contiguous, ranges)
      where w.group_id = n.group_id and w.edge_node_id = n.edge_node_id and w.epoch = n.epoch
        and w.contiguous = n.old_contiguous and w.ranges = n.old_ranges::int8multirange`,
    values: [
      moves.map(({ node }) => node.groupId),
      moves.map(({ node }) => node.edgeNodeId),
      moves.map(({ epoch }) => epoch),
      moves.map(({ from }) => from.contiguous),
      moves.map(({ from }) => toMultirange(from.ranges)),
      moves.map(({ to }) => to.contiguous),
      moves.map(({ to }) => toMultirange(to.ranges)),
    ],
  });
  if (rowCount !== moves.length) throw new WatermarkMoved("a watermark is not where it was");
}

/** Ends the older logs of a node: what was missing there can never come. Returns the lost ranges. */
export async function endOtherEpochs(
  client: Client,
  node: RegisteredNode,
  epoch: string,
): Promise<{ epoch: string; lost: OffsetRange }[]> {
  const { rows } = await client.query<{ epoch: string; first: string; last: string }>(
    `with ended as (
       select epoch, contiguous, ranges from telemetry.watermark
        where group_id = $1 and edge_node_id = $2 and epoch <> $3 and not isempty(ranges)
        for update
     ), closed as (
       update telemetry.watermark w set contiguous = upper(e.ranges) - 1, ranges = '{}'
         from ended e
        where w.group_id = $1 and w.edge_node_id = $2 and w.epoch = e.epoch
     )
     select e.epoch, lower(hole) as first, upper(hole) - 1 as last
       from ended e,
            unnest(int8multirange(int8range(e.contiguous + 1, upper(e.ranges))) - e.ranges) hole`,
    [node.groupId, node.edgeNodeId, epoch],
  );
  return rows.map((row) => ({
    epoch: row.epoch,
    lost: { first: Number(row.first), last: Number(row.last) },
  }));
}
