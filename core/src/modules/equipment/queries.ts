import { sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

export type WorkUnit = { workUnitId: string; name: string; workCenterId: string };

/** A work center with its place in the plant; `workUnits` is empty for a manual bench. */
export type WorkCenter = {
  workCenterId: string;
  name: string;
  areaId: string;
  areaName: string;
  workUnits: { workUnitId: string; name: string }[];
};

/** Every work center in the order of the plant screen. */
export async function readWorkCenters(tx: Transaction): Promise<WorkCenter[]> {
  const { rows } = await sql<WorkCenter>`
    select c.work_center_id as "workCenterId", c.name, a.area_id as "areaId", a.name as "areaName",
           coalesce(
             (select jsonb_agg(jsonb_build_object('workUnitId', u.work_unit_id, 'name', u.name) order by u.name)
                from equipment.work_unit u
               where u.work_center_id = c.work_center_id),
             '[]') as "workUnits"
      from equipment.work_center c
      join equipment.area a using (area_id)
     order by c.display_order, c.name`.execute(tx.over());
  return rows;
}

/** Those of the asked work units that exist. */
export async function readWorkUnits(
  tx: Transaction,
  workUnitIds: readonly string[],
): Promise<WorkUnit[]> {
  const { rows } = await sql<WorkUnit>`
    select work_unit_id as "workUnitId", name, work_center_id as "workCenterId"
      from equipment.work_unit
     where work_unit_id = any (${[...workUnitIds]}::uuid[])`.execute(tx.over());
  return rows;
}

/** What the counters of a work unit meant, and when by source time. */
export type CountBinding = {
  workUnitId: string;
  role: "count.total" | "count.good" | "count.scrap";
  validFrom: Date;
  /** Null: until now. */
  validTo: Date | null;
};

export async function readCountBindings(
  tx: Transaction,
  workUnitIds: readonly string[],
): Promise<CountBinding[]> {
  const { rows } = await sql<CountBinding>`
    select work_unit_id as "workUnitId", role, valid_from as "validFrom",
           nullif(valid_to, 'infinity') as "validTo"
      from equipment.binding
     where work_unit_id = any (${[...workUnitIds]}::uuid[])
       and role in ('count.total', 'count.good', 'count.scrap')`.execute(tx.over());
  return rows;
}

/** Gateways with what the host last heard of them. */
export async function readEdgeNodes(
  tx: Transaction,
): Promise<{ groupId: string; edgeNodeId: string; isOnline: boolean; since: string | null }[]> {
  const { rows } = await sql<{
    group_id: string;
    edge_node_id: string;
    is_online: boolean;
    since: Date | null;
  }>`
    select n.group_id, n.edge_node_id, coalesce(d.is_online, false) as is_online, d.since
      from equipment.edge_node n
      left join telemetry.v_device d
        on d.group_id = n.group_id and d.edge_node_id = n.edge_node_id and d.device_id is null
     where n.revoked_time is null
     order by n.group_id, n.edge_node_id`.execute(tx.over());
  return rows.map((row) => ({
    groupId: row.group_id,
    edgeNodeId: row.edge_node_id,
    isOnline: row.is_online,
    since: row.since?.toISOString() ?? null,
  }));
}
