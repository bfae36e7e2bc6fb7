import { sql } from "kysely";
import { Gauge } from "prom-client";

import type { Database } from "../db/database.ts";
import type { Metrics } from "../observe/metrics.ts";

/** Adds how many sagas wait for a person to `/metrics`, counted when somebody asks. */
export function observeSagas(
  { registry }: Pick<Metrics, "registry">,
  databases: () => readonly { name: string; db: Pick<Database, "query"> }[],
): void {
  const gauge = new Gauge({
    name: "millwright_sagas_stuck",
    help: "Flows over several contexts that wait for a person",
    labelNames: ["database"],
    registers: [],
    async collect() {
      for (const { name, db } of databases()) {
        // A database that is away is told by health; its last figure stays.
        const rows = await db
          .query(sql<{ n: string }>`select platform.stuck_sagas() as n`)
          .catch(() => []);
        for (const { n } of rows) gauge.set({ database: name }, Number(n));
      }
    },
  });
  registry.registerMetric(gauge);
}
