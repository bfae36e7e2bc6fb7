import type { Transaction } from "../../platform/db/transaction.ts";
import { Fault } from "../../platform/errors.ts";
import type { IdentityTables } from "./store/tables.ts";

/** A plant: its clock, and the Sparkplug group that routes telemetry to it. */
export type Site = {
  siteId: string;
  name: string;
  /** IANA name. */
  timeZone: string;
  /** Start of the production day, `HH:MM:SS` site time. */
  dayStart: string;
  groupId: string;
};

/** The first site there was; screens that know several sites come later. @throws Fault when none. */
export async function readSite(tx: Transaction): Promise<Site> {
  const row = await tx
    .over<IdentityTables>()
    .selectFrom("identity.site")
    .select(["site_id", "name", "time_zone", "day_start", "group_id"])
    .orderBy("site_id")
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) {
    throw new Fault("This tenant has no site yet.", { cause: null, isRetryable: true });
  }
  return {
    siteId: row.site_id,
    name: row.name,
    timeZone: row.time_zone,
    dayStart: row.day_start,
    groupId: row.group_id,
  };
}
