import type { Metric } from "@millwright/contracts/api";
import { DataType } from "@millwright/contracts/sparkplug";
import { type BindingRole, bindingRoles } from "@millwright/contracts/states";
import { type RawBuilder, sql } from "kysely";

import type { Transaction } from "../../platform/db/transaction.ts";

export type Reading = Metric & { workUnitId: string | null };

type ReadingRow = {
  metric_id: string;
  group_id: string;
  edge_node_id: string;
  device_id: string | null;
  name: string;
  datatype: number;
  unit: string | null;
  role: string | null;
  work_unit_id: string | null;
  value: number | null;
  text_value: string | null;
  quality: number | null;
  source_time: Date | null;
};

/** Newest value of the metrics bound to these work units (in these roles), by work unit and name. */
export async function readWorkUnitReadings(
  tx: Transaction,
  workUnitIds: readonly string[],
  roles: readonly BindingRole[] = bindingRoles,
): Promise<Reading[]> {
  return readReadings(tx, {
    where: sql`b.work_unit_id = any (${[...workUnitIds]}::uuid[]) and b.role = any (${[...roles]})`,
    orderBy: sql`b.work_unit_id, m.name, b.role`,
    limit: readingsMax,
  });
}

/**
 * A page of all metrics ever seen in a birth certificate, bound or not, by address. `after` is the
 * address of the last one of the page before. Gives one more than `limit` when there is a next page.
 */
export async function readMetricPage(
  tx: Transaction,
  options: { after: readonly string[] | null; limit: number },
): Promise<Reading[]> {
  const after = options.after ?? ["", "", "", ""];
  const [group, edgeNode, device, name] = after;
  return readReadings(tx, {
    where: sql`(m.group_id, m.edge_node_id, coalesce(m.device_id, ''), m.name)
               > (${group}::text, ${edgeNode}::text, ${device}::text, ${name}::text)`,
    orderBy: sql`m.group_id, m.edge_node_id, coalesce(m.device_id, ''), m.name`,
    limit: options.limit + 1,
  });
}

/** The address that `readMetricPage` pages by. */
export function addressOf(metric: Metric): readonly string[] {
  return [metric.groupId, metric.edgeNodeId, metric.deviceId ?? "", metric.name];
}

// A machine with more than 2,000 bound signals is shown with its first 2,000.
const readingsMax = 2000;

async function readReadings(
  tx: Transaction,
  options: { where: RawBuilder<unknown>; orderBy: RawBuilder<unknown>; limit: number },
): Promise<Reading[]> {
  const { rows } = await sql<ReadingRow>`
    select m.metric_id, m.group_id, m.edge_node_id, m.device_id, m.name, m.datatype,
           coalesce(nullif(b.unit, ''), m.unit) as unit, b.role, b.work_unit_id,
           v.value, v.text_value, v.quality, v.source_time
      from telemetry.v_metric m
      left join equipment.binding b
        on b.group_id = m.group_id
       and b.edge_node_id = m.edge_node_id
       and b.device_id = m.device_id
       and b.metric_name = m.name
       and b.valid_to = 'infinity'
      left join telemetry.v_last_value v on v.metric_id = m.metric_id
     where ${options.where}
     order by ${options.orderBy}
     limit ${options.limit}`.execute(tx.over());
  return rows.map(toReading);
}

function toReading(row: ReadingRow): Reading {
  return {
    metricId: row.metric_id,
    groupId: row.group_id,
    edgeNodeId: row.edge_node_id,
    deviceId: row.device_id,
    name: row.name,
    unit: row.unit ?? "",
    role: row.role,
    value: valueOf(row),
    quality: qualityOf(row.quality),
    sourceTime: row.source_time?.toISOString() ?? null,
    isNumeric: row.datatype >= DataType.Int8 && row.datatype <= DataType.Double,
    workUnitId: row.work_unit_id,
  };
}

function valueOf(row: ReadingRow): Metric["value"] {
  if (row.datatype === DataType.Boolean && row.value !== null) return row.value !== 0;
  // 64-bit integers above 2^53 carry their exact decimal as text beside the nearest double.
  return row.text_value ?? row.value;
}

/** Quality codes of schema telemetry; a metric that never had a value is stale. */
function qualityOf(code: number | null): Metric["quality"] {
  switch (code) {
    case 192:
      return "good";
    case 64:
      return "uncertain_time";
    case 0:
      return "bad";
    default:
      return "stale";
  }
}

/** Newest successful reading per work unit: the heartbeat of its devices, or its newest value. */
export async function readDataTimes(
  tx: Transaction,
  workUnitIds: readonly string[],
): Promise<Map<string, Date>> {
  const { rows } = await sql<{ work_unit_id: string; data_time: Date | null }>`
    select b.work_unit_id,
           greatest(max(d.last_read_time), max(v.source_time) filter (where v.quality = 192)) as data_time
      from equipment.binding b
      left join telemetry.v_device d
        on d.group_id = b.group_id and d.edge_node_id = b.edge_node_id and d.device_id = b.device_id
      left join telemetry.v_metric m
        on m.group_id = b.group_id
       and m.edge_node_id = b.edge_node_id
       and m.device_id = b.device_id
       and m.name = b.metric_name
      left join telemetry.v_last_value v on v.metric_id = m.metric_id
     where b.work_unit_id = any (${[...workUnitIds]}::uuid[])
       and b.valid_to = 'infinity'
     group by b.work_unit_id`.execute(tx.over());
  return new Map(
    rows.flatMap((row) => (row.data_time === null ? [] : [[row.work_unit_id, row.data_time]])),
  );
}
