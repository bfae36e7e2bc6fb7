import type { RegisteredNode } from "../session/cell.ts";
import type { Client, Queryable } from "./database.ts";

export type DeviceUpdate = {
  node: RegisteredNode;
  /** Null: the edge node itself. */
  deviceId: string | null;
  isOnline: boolean;
  sinceMs: number;
  lastReadMs: number | null;
};

/** `since` moves only when `is_online` changes. */
export async function upsertDevices(
  client: Client,
  devices: readonly DeviceUpdate[],
): Promise<void> {
  if (devices.length === 0) return;
  await client.query({
    name: "upsert_devices",
    text: `insert into telemetry.device as d
       (tenant_id, group_id, edge_node_id, device_id, is_online, since, last_read_time)
     select n.tenant_id, n.group_id, n.edge_node_id, n.device_id, n.is_online,
            to_timestamp(n.since_ms / 1000), to_timestamp(n.last_read_ms / 1000)
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::float8[], $7::float8[])
              n (tenant_id, group_id, edge_node_id, device_id, is_online, since_ms, last_read_ms)
     on conflict (group_id, edge_node_id, device_id) do update
       set is_online = excluded.is_online,
           since = case when d.is_online = excluded.is_online then d.since else excluded.since end,
           last_read_time = greatest(d.last_read_time, excluded.last_read_time)`,
    values: [
      devices.map(({ node }) => node.tenantId),
      devices.map(({ node }) => node.groupId),
      devices.map(({ node }) => node.edgeNodeId),
      devices.map(({ deviceId }) => deviceId),
      devices.map(({ isOnline }) => isOnline),
      devices.map(({ sinceMs }) => sinceMs),
      devices.map(({ lastReadMs }) => lastReadMs),
    ],
  });
}

/** Devices that were online when ingest last ran. */
export async function loadOnlineDevices(
  db: Queryable,
): Promise<{ groupId: string; edgeNodeId: string; deviceId: string; lastReadMs: number }[]> {
  const { rows } = await db.query<{
    group_id: string;
    edge_node_id: string;
    device_id: string;
    last_read_ms: number;
  }>(
    `select group_id, edge_node_id, device_id,
            (extract(epoch from coalesce(last_read_time, since)) * 1000)::float8 as last_read_ms
       from telemetry.device where is_online and device_id is not null`,
  );
  return rows.map((row) => ({
    groupId: row.group_id,
    edgeNodeId: row.edge_node_id,
    deviceId: row.device_id,
    lastReadMs: row.last_read_ms,
  }));
}
