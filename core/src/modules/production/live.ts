import type { LiveMessage } from "@millwright/contracts/api";
import type { LoggedEvent } from "@millwright/contracts/events";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import { z } from "zod";

import { Broadcast } from "../../platform/events/broadcast.ts";
import type { LiveHub } from "../../platform/http/live.ts";
import { Pace } from "../../platform/http/live-pace.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Engineering } from "../engineering/index.ts";
import type { Equipment, Reading } from "../equipment/index.ts";
import type { IdentityModule } from "../identity/index.ts";
import { workOrderEventKeys } from "./store/work-orders.ts";
import { readTiles } from "./tiles.ts";
import { readWorkOrderSummaries } from "./work-order-queries.ts";

type Deps = {
  platform: Platform;
  identity: IdentityModule;
  equipment: Equipment;
  engineering: Engineering;
  hub: LiveHub;
};

const telemetryNotice = z.object({ tenantId: tenantIdSchema, workUnitIds: z.array(z.uuid()) });
const tileNotice = z.object({ tenantId: tenantIdSchema, workCenterIds: z.array(z.uuid()) });

/**
 * What production shows live: values and tiles when ingest stored readings, tiles when their figures
 * changed, work orders when the log says so. Notices only say what to read, so a lost one costs
 * freshness, never truth; after a lost connection all clients read their pages again.
 */
export class ProductionLive {
  readonly #deps: Deps;
  readonly #tenants = new Map<TenantId, TenantLive>();
  #broadcast: AsyncDisposable | null = null;
  readonly #off: (() => void)[] = [];

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { listener, db, log } = this.#deps.platform;
    this.#off.push(
      listener.on("telemetry", (payload) => {
        const { tenantId, workUnitIds } = telemetryNotice.parse(JSON.parse(payload));
        this.#of(tenantId)?.readings.add(workUnitIds);
      }),
      listener.on("tile", (payload) => {
        const { tenantId, workCenterIds } = tileNotice.parse(JSON.parse(payload));
        this.#of(tenantId)?.tiles.add(workCenterIds);
      }),
      listener.onReconnect(() => this.#deps.hub.resync()),
    );
    this.#broadcast = await db.everywhere(async (home) => {
      const hear = (events: readonly LoggedEvent[]) => this.#hear(events);
      const broadcast = new Broadcast(workOrderEventKeys, hear, { ...home, log });
      await broadcast.start();
      return broadcast;
    });
  }

  #hear(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const workOrderId = event.stream.slice(event.stream.indexOf(":") + 1);
      this.#of(tenantIdSchema.parse(event.tenantId))?.orders.add([workOrderId]);
    }
  }

  /** Null while nobody looks: nothing is read then. */
  #of(tenantId: TenantId): TenantLive | null {
    if (!this.#deps.hub.isWanted) return null;
    const known = this.#tenants.get(tenantId) ?? new TenantLive(this.#deps, tenantId);
    this.#tenants.set(tenantId, known);
    return known;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const off of this.#off) off();
    for (const tenant of this.#tenants.values()) tenant[Symbol.dispose]();
    await this.#broadcast?.[Symbol.asyncDispose]();
  }
}

/** The three paced readers of one tenant. */
class TenantLive {
  readonly readings: Pace;
  readonly tiles: Pace;
  readonly orders: Pace;
  readonly #deps: Deps;
  readonly #tenantId: TenantId;
  /** Source time and quality last shown per metric, so that only what changed is sent. */
  readonly #shown = new Map<string, string>();

  constructor(deps: Deps, tenantId: TenantId) {
    this.#deps = deps;
    this.#tenantId = tenantId;
    this.readings = new Pace((ids) => this.#publish(() => this.#readValues([...ids])));
    this.tiles = new Pace((ids) => this.#publish(() => this.#readTiles([...ids])));
    this.orders = new Pace((ids) => this.#publish(() => this.#readOrders([...ids])));
  }

  async #publish(read: () => Promise<LiveMessage[]>): Promise<void> {
    try {
      this.#deps.hub.publish(this.#tenantId, await read());
    } catch (error) {
      this.#deps.platform.log.warn({ err: error }, "live messages not read; clients read again");
      this.#deps.hub.resync();
    }
  }

  async #readValues(workUnitIds: readonly string[]): Promise<LiveMessage[]> {
    const { platform, equipment } = this.#deps;
    const { readings, workUnits } = await platform.db.inTenant(this.#tenantId, async (tx) => ({
      readings: await equipment.readings(tx, workUnitIds),
      workUnits: await equipment.workUnits(tx, workUnitIds),
    }));
    // The age of the data and the gauges of these tiles changed too.
    this.tiles.add(workUnits.map((unit) => unit.workCenterId));
    const changed = readings.filter((reading) => this.#isNew(reading));
    return [...Map.groupBy(changed, (reading) => reading.workUnitId)].flatMap(
      ([workUnitId, values]): LiveMessage[] =>
        workUnitId === null
          ? []
          : [{ kind: "values", workUnitId, values: values.flatMap(toLiveValue) }],
    );
  }

  #isNew(reading: Reading): boolean {
    const state = `${reading.sourceTime} ${reading.quality} ${reading.value}`;
    if (this.#shown.get(reading.metricId) === state) return false;
    this.#shown.set(reading.metricId, state);
    return true;
  }

  async #readTiles(workCenterIds: readonly string[]): Promise<LiveMessage[]> {
    const { platform, identity } = this.#deps;
    const settings = await platform.settings.of(this.#tenantId);
    const noDataRangePercent = settings["oee.no_data_range_percent"];
    const tiles = await platform.db.inTenant(this.#tenantId, async (tx) => {
      const day = await identity.productionDay(tx);
      const now = platform.clock.now();
      return readTiles(tx, this.#deps, { workCenterIds, day, now, noDataRangePercent });
    });
    return tiles.map((tile) => ({ kind: "tile", tile }));
  }

  async #readOrders(workOrderIds: readonly string[]): Promise<LiveMessage[]> {
    const summaries = await this.#deps.platform.db.inTenant(this.#tenantId, (tx) =>
      readWorkOrderSummaries(tx, workOrderIds),
    );
    return summaries.map((workOrder) => ({ kind: "work_order", workOrder }));
  }

  [Symbol.dispose](): void {
    for (const pace of [this.readings, this.tiles, this.orders]) pace[Symbol.dispose]();
  }
}

function toLiveValue(reading: Reading) {
  if (reading.sourceTime === null) return [];
  const { metricId, value, quality } = reading;
  return [{ metricId, time: Date.parse(reading.sourceTime), value, quality }];
}
