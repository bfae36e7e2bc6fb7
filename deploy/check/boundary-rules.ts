import type { ICruiseOptions, IForbiddenRuleType } from "dependency-cruiser";

type NamedRule = IForbiddenRuleType & { name: string };

/** Tests and what only tests import (`test-host.ts`, `appender.fixture.ts`). */
const test = "(\\.test\\.tsx?|\\.fixture\\.ts|/test-[^/]+\\.ts)$|/testing/";
const contextsTopDown = [
  "analytics",
  "finance",
  "sales",
  "planning",
  "(purchasing|quality|maintenance)",
  "production",
  "inventory",
  "engineering",
  "equipment",
  "identity",
];

/** A workspace imports contracts and itself. Tests may import deploy's set-up. */
function workspaceAlone(name: string, own: string, others: string[]): NamedRule {
  return {
    name,
    severity: "error",
    comment: "Workspaces meet in contracts, in the database and on the wire, never in code.",
    from: { path: own, pathNot: test },
    to: { path: `^(${others.join("|")})/` },
  };
}

/** A driver library has one home per workspace, so that it can be replaced there. */
function oneHome(name: string, library: string, home: string): NamedRule {
  return {
    name,
    severity: "error",
    comment: `${library} is imported in one named folder per workspace.`,
    from: { path: "^(core|ingest|edge-agent|dashboards)/src/", pathNot: [home, test] },
    to: { path: `node_modules/${library}/` },
  };
}

const upwards = contextsTopDown.slice(1).map((context, index): NamedRule => ({
  name: `downwards-only-${context.replaceAll(/[()]/g, "").replaceAll("|", "-")}`,
  severity: "error",
  comment: "Upwards and sideways only by events, or by a port the lower context declares.",
  from: { path: `^core/src/modules/${context}/`, pathNot: test },
  to: { path: `^core/src/modules/(${contextsTopDown.slice(0, index + 1).join("|")})/` },
}));

/** Every import rule of the repository. Each has a fixture under fixtures/<name> that breaks it. */
export const boundaryRules: NamedRule[] = [
  {
    name: "contracts-alone",
    severity: "error",
    comment: "Contracts are words and shapes: they import no other workspace and do no I/O.",
    from: { path: "^core/contracts/src/", pathNot: test },
    to: { path: "^(core/src|ingest|edge-agent|dashboards|deploy)/" },
  },
  {
    name: "contracts-no-io",
    severity: "error",
    from: { path: "^core/contracts/src/", pathNot: test },
    to: { dependencyTypes: ["core"] },
  },
  workspaceAlone("edge-agent-alone", "^edge-agent/src/", [
    "core/src",
    "ingest",
    "dashboards",
    "deploy",
  ]),
  workspaceAlone("ingest-alone", "^ingest/src/", [
    "core/src",
    "edge-agent",
    "dashboards",
    "deploy",
  ]),
  workspaceAlone("core-alone", "^core/src/", ["ingest", "edge-agent", "dashboards", "deploy"]),
  workspaceAlone("dashboards-alone", "^dashboards/src/", [
    "core/src",
    "ingest",
    "edge-agent",
    "deploy",
  ]),
  {
    name: "platform-knows-no-context",
    severity: "error",
    from: { path: "^core/src/platform/", pathNot: test },
    to: { path: "^core/src/modules/" },
  },
  {
    name: "roots-use-front-doors",
    severity: "error",
    from: { path: "^core/src/[^/]+\\.ts$", pathNot: test },
    to: { path: "^core/src/modules/", pathNot: "^core/src/modules/[^/]+/index\\.ts$" },
  },
  {
    name: "contexts-use-front-doors",
    severity: "error",
    from: { path: "^core/src/modules/([^/]+)/", pathNot: test },
    to: {
      path: "^core/src/modules/",
      pathNot: ["^core/src/modules/$1/", "^core/src/modules/[^/]+/index\\.ts$"],
    },
  },
  ...upwards,
  {
    name: "domain-is-pure",
    severity: "error",
    comment: "domain/ decides; it imports contracts and itself only.",
    from: { path: "^core/src/modules/([^/]+)/domain/", pathNot: test },
    to: { pathNot: ["^core/src/modules/$1/domain/", "^core/contracts/src/"] },
  },
  {
    name: "contexts-do-no-io",
    severity: "error",
    comment: "app.ts and the contexts run on any Web-standard runtime; the platform does the I/O.",
    from: { path: "^core/src/(app\\.ts$|modules/)", pathNot: test },
    to: { dependencyTypes: ["core"] },
  },
  oneHome("pg-at-home", "pg", "^(core/src/platform/db|ingest/src/store)/"),
  oneHome("aedes-at-home", "aedes", "^ingest/src/broker/"),
  oneHome("mqtt-at-home", "mqtt", "^(ingest/src/broker|edge-agent/src/publish)/"),
  oneHome("modbus-at-home", "jsmodbus", "^edge-agent/src/drivers/modbus-tcp/"),
  oneHome("opcua-at-home", "node-opcua-client", "^edge-agent/src/drivers/opc-ua/"),
  oneHome("bullmq-at-home", "bullmq", "^core/src/platform/jobs/backends/"),
  oneHome("ioredis-at-home", "ioredis", "^core/src/platform/jobs/backends/"),
  oneHome("cockatiel-at-home", "cockatiel", "^core/src/platform/partners/"),
  oneHome("duckdb-at-home", "@duckdb/node-api", "^core/src/modules/analytics/"),
  oneHome("casbin-at-home", "casbin", "^core/src/platform/authz/"),
  oneHome("decimal-at-home", "decimal\\.js", "^core/contracts/src/units/"),
  {
    name: "no-cycle",
    severity: "error",
    comment: "Type imports count too: what two files share stands in a third, below both.",
    from: {},
    to: { circular: true },
  },
];

/** swc because TypeScript 7 has no compiler API that dependency-cruiser could use. */
export const cruiseOptions: ICruiseOptions = {
  parser: "swc",
  doNotFollow: { path: "node_modules" },
  exclude: { path: "^(?!.*node_modules).*/(dist|generated|fixtures)/" },
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["import", "node", "default"],
    extensions: [".ts", ".tsx", ".mjs", ".js", ".d.ts"],
  },
};
