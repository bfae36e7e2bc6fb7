/**
 * Files each rule must at least have seen, so that a moved folder cannot silently empty it. A rule
 * about contexts that do not exist yet has the floor 0 and gets its own when the first file is there.
 */
export const ruleFloors: Record<string, { path: string; floor: number }> = {
  "contracts-alone": { path: "^core/contracts/src/", floor: 20 },
  "contracts-no-io": { path: "^core/contracts/src/", floor: 20 },
  "edge-agent-alone": { path: "^edge-agent/src/", floor: 25 },
  "ingest-alone": { path: "^ingest/src/", floor: 25 },
  "core-alone": { path: "^core/src/", floor: 100 },
  "dashboards-alone": { path: "^dashboards/src/", floor: 60 },
  "platform-knows-no-context": { path: "^core/src/platform/", floor: 20 },
  "roots-use-front-doors": { path: "^core/src/(app|main|worker)\\.ts$", floor: 3 },
  "contexts-use-front-doors": { path: "^core/src/modules/", floor: 60 },
  "downwards-only-finance": { path: "^core/src/modules/finance/", floor: 0 },
  "downwards-only-sales": { path: "^core/src/modules/sales/", floor: 0 },
  "downwards-only-planning": { path: "^core/src/modules/planning/", floor: 20 },
  "downwards-only-purchasing-quality-maintenance": {
    path: "^core/src/modules/(purchasing|quality|maintenance)/",
    floor: 0,
  },
  "downwards-only-production": { path: "^core/src/modules/production/", floor: 25 },
  "downwards-only-inventory": { path: "^core/src/modules/inventory/", floor: 5 },
  "downwards-only-engineering": { path: "^core/src/modules/engineering/", floor: 4 },
  "downwards-only-equipment": { path: "^core/src/modules/equipment/", floor: 6 },
  "downwards-only-identity": { path: "^core/src/modules/identity/", floor: 1 },
  "domain-is-pure": { path: "^core/src/modules/[^/]+/domain/", floor: 4 },
  "contexts-do-no-io": { path: "^core/src/(app\\.ts$|modules/)", floor: 60 },
  "pg-at-home": { path: "^(core/src/platform/db|ingest/src/store)/", floor: 4 },
  "aedes-at-home": { path: "^ingest/src/broker/", floor: 3 },
  "mqtt-at-home": { path: "^(ingest/src/broker|edge-agent/src/publish)/", floor: 6 },
  "modbus-at-home": { path: "^edge-agent/src/drivers/modbus-tcp/", floor: 3 },
  "opcua-at-home": { path: "^edge-agent/src/drivers/opc-ua/", floor: 2 },
  "bullmq-at-home": { path: "^core/src/platform/jobs/backends/", floor: 5 },
  "ioredis-at-home": { path: "^core/src/platform/jobs/backends/", floor: 5 },
  "casbin-at-home": { path: "^core/src/platform/authz/", floor: 5 },
  "decimal-at-home": { path: "^core/contracts/src/units/", floor: 1 },
  "no-cycle": { path: "^(core|ingest|edge-agent|dashboards|deploy)/", floor: 300 },
};
