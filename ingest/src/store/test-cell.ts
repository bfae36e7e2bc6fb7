import { createHash, randomBytes, randomUUID } from "node:crypto";

import pg from "pg";

type Database = { home: { owner: string }; tenantId: string; siteId: string; groupId: string };

export type TestGateway = { groupId: string; edgeNodeId: string; token: string };
export type EmittedEvent = { type: string; payload: Record<string, unknown> };

/** What a test says to equipment and reads from telemetry, as the owner of the schema. */
export class TestCell implements AsyncDisposable {
  static async open(database: Database): Promise<TestCell> {
    const client = new pg.Client({ connectionString: database.home.owner });
    await client.connect();
    await client.query("select set_config('app.tenant_id', $1, false)", [database.tenantId]);
    return new TestCell(client, database);
  }

  readonly #client: pg.Client;
  readonly #database: Database;

  private constructor(client: pg.Client, database: Database) {
    this.#client = client;
    this.#database = database;
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.#client.query<Row>(text, values)).rows;
  }

  /** A gateway that may connect; ingest hears of it by itself. */
  async gateway(): Promise<TestGateway> {
    const { tenantId, siteId, groupId } = this.#database;
    const edgeNodeId = `gateway-${randomBytes(4).toString("hex")}`;
    const token = randomBytes(24).toString("base64url");
    await this.query(
      `insert into equipment.edge_node (group_id, edge_node_id, tenant_id, site_id, token_sha256)
       values ($1, $2, $3, $4, $5)`,
      [groupId, edgeNodeId, tenantId, siteId, createHash("sha256").update(token).digest()],
    );
    return { groupId, edgeNodeId, token };
  }

  /** A work unit whose roles are bound to metrics of the gateway's device `machine`. */
  async workUnit(
    gateway: TestGateway,
    roles: Readonly<Record<string, string>>,
    { rolloverAt = null }: { rolloverAt?: string | null } = {},
  ): Promise<string> {
    const { tenantId, siteId } = this.#database;
    const [areaId, centerId, workUnitId] = [randomUUID(), randomUUID(), randomUUID()];
    await this.query(
      `insert into equipment.area (area_id, tenant_id, site_id, name) values ($1, $2, $3, $4)`,
      [areaId, tenantId, siteId, areaId],
    );
    await this.query(
      `insert into equipment.work_center (work_center_id, tenant_id, area_id, name)
       values ($1, $2, $3, $4)`,
      [centerId, tenantId, areaId, centerId],
    );
    await this.query(
      `insert into equipment.work_unit (work_unit_id, tenant_id, work_center_id, name)
       values ($1, $2, $3, $4)`,
      [workUnitId, tenantId, centerId, workUnitId],
    );
    await this.bind(gateway, workUnitId, roles, { rolloverAt });
    return workUnitId;
  }

  /** Binds roles of a work unit to metrics of the gateway's device `machine`, since yesterday. */
  async bind(
    gateway: TestGateway,
    workUnitId: string,
    roles: Readonly<Record<string, string>>,
    { rolloverAt = null }: { rolloverAt?: string | null } = {},
  ): Promise<void> {
    for (const [role, metricName] of Object.entries(roles)) {
      await this.query(
        `insert into equipment.binding
           (binding_id, tenant_id, work_unit_id, group_id, edge_node_id, device_id, metric_name, role,
            value_map, rollover_at, valid_from)
         values (gen_random_uuid(), $1, $2, $3, $4, 'machine', $5, $6, $7, $8, now() - interval '1 day')`,
        [
          this.#database.tenantId,
          workUnitId,
          gateway.groupId,
          gateway.edgeNodeId,
          metricName,
          role,
          role === "state" ? { "0": "idle", "1": "producing", "2": "down" } : {},
          rolloverAt,
        ],
      );
    }
  }

  /** The work unit's machine events in the order of the log. */
  async events(workUnitId: string): Promise<EmittedEvent[]> {
    return this.query<EmittedEvent>(
      "select type, payload from platform.event where stream = $1 order by position",
      [`work_unit:${workUnitId}`],
    );
  }

  /** Pieces told by events: what core will have counted. */
  async counted(workUnitId: string): Promise<number> {
    const events = await this.events(workUnitId);
    return events.reduce(
      (sum, { payload }) => sum + Number(payload["delta"] ?? payload["sum"] ?? 0),
      0,
    );
  }

  async states(workUnitId: string): Promise<string[]> {
    const events = await this.events(workUnitId);
    return events
      .filter(({ type }) => type === "machine.state_observed")
      .map(({ payload }) => `${String(payload["state"])} (${String(payload["cause"])})`);
  }

  /** Stored readings of one metric, oldest first. */
  async samples(gateway: TestGateway, name: string) {
    return this.query<{
      time: Date;
      value: number | null;
      text_value: string | null;
      quality: number;
    }>(
      `select source_time as time, value, text_value, quality
         from telemetry.v_sample join telemetry.v_metric using (metric_id)
        where edge_node_id = $1 and name = $2
        order by source_time, value`,
      [gateway.edgeNodeId, name],
    );
  }

  async live(gateway: TestGateway, name: string) {
    const [row] = await this.query<{ value: number | null; quality: number; time: Date }>(
      `select value, quality, source_time as time
         from telemetry.v_last_value join telemetry.v_metric using (metric_id)
        where edge_node_id = $1 and name = $2`,
      [gateway.edgeNodeId, name],
    );
    return row;
  }

  async watermark(
    gateway: TestGateway,
  ): Promise<{ contiguous: number; ranges: string } | undefined> {
    const [row] = await this.query<{ contiguous: number; ranges: string }>(
      `select contiguous::float8 as contiguous, ranges::text as ranges
         from telemetry.watermark where edge_node_id = $1`,
      [gateway.edgeNodeId],
    );
    return row;
  }

  async gaps(gateway: TestGateway) {
    return this.query<{ epoch: string | null; first: number; last: number; reason: string }>(
      `select epoch, first_offset::float8 as first, last_offset::float8 as last, reason
         from telemetry.v_gap where edge_node_id = $1 order by gap_id`,
      [gateway.edgeNodeId],
    );
  }

  /** Reasons of the dead letters whose topic names the gateway. */
  async deadLetters(
    gateway: TestGateway,
  ): Promise<{ reason: string; bytes: number; kept: number }[]> {
    return this.query(
      `select reason, bytes_total as bytes, length(payload) as kept
         from telemetry.dead_letter where topic like '%' || $1 || '%' order by dead_letter_id`,
      [gateway.edgeNodeId],
    );
  }

  async isOnline(gateway: TestGateway, deviceId: string | null): Promise<boolean | undefined> {
    const [row] = await this.query<{ is_online: boolean }>(
      `select is_online from telemetry.v_device
        where edge_node_id = $1 and device_id is not distinct from $2`,
      [gateway.edgeNodeId, deviceId],
    );
    return row?.is_online;
  }

  /** Counters of ingest's own status row, flattened to `a.b`: value. */
  async status(): Promise<Record<string, unknown>> {
    const [row] = await this.query<{ detail: Record<string, unknown> }>(
      "select detail from telemetry.ingest_status",
    );
    return row?.detail ?? {};
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
  }
}
