/**
 * Who may do what in the database (ARCHITECTURE.md, decision 10). Declared, not accumulated: whenever
 * this list or the tables change, all privileges of the three serving roles are taken and given anew,
 * so a right that leaves the list is gone with the next start. Nothing is granted to anybody else.
 */
export const servingRoles = ["mw_core", "mw_worker", "mw_ingest"] as const;
export type ServingRole = (typeof servingRoles)[number];
export type Role = ServingRole | "mw_owner";

/** `tables` are base tables; partitions get nothing, because reading one directly would pass the fence. */
export type Grant = {
  readonly to: readonly ServingRole[];
  readonly schema: string;
  readonly kind: "tables" | "views" | "sequences" | "routines";
  readonly privileges: string;
  /** Names within the schema; absent = every one of that kind. */
  readonly only?: readonly string[];
  readonly except?: readonly string[];
};

const dml = "select, insert, update, delete";
const contexts = [
  "identity",
  "equipment",
  "engineering",
  "inventory",
  "production",
  "planning",
  "analytics",
] as const;
const coreAndWorker = ["mw_core", "mw_worker"] as const;
/** Published by equipment for ingest, which serves every tenant of its cell. */
const cellViews = ["v_edge_node", "v_binding"] as const;
const cellFunctions = ["cell_edge_nodes", "cell_bindings"] as const;

export const grants: readonly Grant[] = [
  ...contexts.flatMap((schema): Grant[] => [
    { to: coreAndWorker, schema, kind: "tables", privileges: dml },
    { to: coreAndWorker, schema, kind: "views", privileges: "select", except: cellViews },
    { to: coreAndWorker, schema, kind: "sequences", privileges: "usage" },
    { to: coreAndWorker, schema, kind: "routines", privileges: "execute", except: cellFunctions },
  ]),
  {
    to: coreAndWorker,
    schema: "platform",
    kind: "tables",
    privileges: dml,
    // Written by platform.emit alone, which runs as the owner; the runner writes platform.migration,
    // and where a tenant lives is said by deploy/tenant.ts.
    except: ["event", "stream", "migration", "tenant_database"],
  },
  { to: coreAndWorker, schema: "platform", kind: "tables", privileges: "select", only: ["event"] },
  { to: coreAndWorker, schema: "platform", kind: "views", privileges: "select" },
  {
    to: servingRoles,
    schema: "platform",
    kind: "tables",
    privileges: "select",
    only: ["migration"],
  },
  {
    to: coreAndWorker,
    schema: "platform",
    kind: "routines",
    privileges: "execute",
    except: ["fence"],
  },
  // BullMQ's functions run as who calls them. Its tables have no fence: only platform/jobs reads them.
  { to: coreAndWorker, schema: "bullmq", kind: "tables", privileges: dml },
  { to: coreAndWorker, schema: "bullmq", kind: "sequences", privileges: "usage, select" },
  { to: coreAndWorker, schema: "bullmq", kind: "routines", privileges: "execute" },
  {
    to: ["mw_ingest"],
    schema: "platform",
    kind: "routines",
    privileges: "execute",
    only: ["emit", "tenant_id", "tenant_databases"],
  },
  { to: ["mw_ingest"], schema: "equipment", kind: "views", privileges: "select", only: cellViews },
  {
    to: ["mw_ingest"],
    schema: "equipment",
    kind: "routines",
    privileges: "execute",
    only: cellFunctions,
  },
  { to: ["mw_ingest"], schema: "telemetry", kind: "tables", privileges: "all" },
  { to: ["mw_ingest"], schema: "telemetry", kind: "views", privileges: "select" },
  { to: ["mw_ingest"], schema: "telemetry", kind: "sequences", privileges: "all" },
  { to: ["mw_ingest"], schema: "telemetry", kind: "routines", privileges: "execute" },
  { to: coreAndWorker, schema: "telemetry", kind: "views", privileges: "select" },
  {
    to: coreAndWorker,
    schema: "telemetry",
    kind: "routines",
    privileges: "execute",
    only: ["is_day_settled"],
  },
  {
    to: coreAndWorker,
    schema: "telemetry",
    kind: "tables",
    privileges: "select",
    only: ["ingest_status"],
  },
];
