import { bindingRoleSchema, machineStateSchema } from "@millwright/contracts/states";
import { Decimal } from "@millwright/contracts/units";
import type pg from "pg";
import { z } from "zod";

import type { Binding, RegisteredNode } from "../session/cell.ts";

/** What the tenants of one database say about the cell. */
export type CellPart = { nodes: RegisteredNode[]; bindings: Binding[] };

const nodeRow = z.object({
  group_id: z.string(),
  edge_node_id: z.string(),
  tenant_id: z.string(),
  token_sha256: z.instanceof(Buffer),
});

const bindingRow = z.object({
  binding_id: z.string(),
  tenant_id: z.string(),
  work_unit_id: z.string(),
  group_id: z.string(),
  edge_node_id: z.string(),
  device_id: z.string(),
  metric_name: z.string(),
  role: bindingRoleSchema,
  value_map: z.record(z.string(), machineStateSchema),
  rollover_at: z.string().nullable(),
  valid_from: z.number(),
  valid_to: z.number().nullable(),
});

/** Reads who may connect and what the metrics mean (views of context equipment). */
export async function readCell(pool: pg.Pool): Promise<CellPart> {
  const nodes = await pool.query(
    "select group_id, edge_node_id, tenant_id, token_sha256 from equipment.v_edge_node",
  );
  const bindings = await pool.query(
    `select binding_id, tenant_id, work_unit_id, group_id, edge_node_id, device_id, metric_name,
            role, value_map, rollover_at,
            (extract(epoch from valid_from) * 1000)::float8 as valid_from,
            case when valid_to < 'infinity' then (extract(epoch from valid_to) * 1000)::float8 end as valid_to
       from equipment.v_binding`,
  );
  return {
    nodes: z.array(nodeRow).parse(nodes.rows).map(toNode),
    bindings: z.array(bindingRow).parse(bindings.rows).map(toBinding),
  };
}

/** The registry of tenants with a database of their own; the others live in the installation's. */
export async function readTenantDatabases(
  pool: pg.Pool,
): Promise<{ tenantId: string; address: string }[]> {
  const { rows } = await pool.query<{ tenant_id: string; address: string }>(
    "select tenant_id, address from platform.tenant_databases()",
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, address: row.address }));
}

/** A name on the installation's server, or a URL without a login: then ours is taken. */
export function urlOfAddress(address: string, installationUrl: string): string {
  const own = new URL(installationUrl);
  if (!address.includes("://")) {
    own.pathname = `/${encodeURIComponent(address)}`;
    return own.href;
  }
  const url = new URL(address);
  url.username = own.username;
  url.password = own.password;
  return url.href;
}

function toNode(row: z.infer<typeof nodeRow>): RegisteredNode {
  return {
    groupId: row.group_id,
    edgeNodeId: row.edge_node_id,
    tenantId: row.tenant_id,
    tokenSha256: row.token_sha256,
  };
}

function toBinding(row: z.infer<typeof bindingRow>): Binding {
  return {
    bindingId: row.binding_id,
    tenantId: row.tenant_id,
    workUnitId: row.work_unit_id,
    groupId: row.group_id,
    edgeNodeId: row.edge_node_id,
    deviceId: row.device_id,
    metricName: row.metric_name,
    role: row.role,
    valueMap: row.value_map,
    rolloverAt: row.rollover_at === null ? null : new Decimal(row.rollover_at),
    validFrom: row.valid_from,
    validTo: row.valid_to ?? Number.POSITIVE_INFINITY,
  };
}
