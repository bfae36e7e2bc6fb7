/** Files each guard must at least have seen, so that a moved folder cannot silently empty a rule. */
export const ruleFloors = {
  "contracts-alone": { path: "^core/contracts/src/", floor: 20 },
  "edge-agent-alone": { path: "^edge-agent/src/", floor: 15 },
  "ingest-alone": { path: "^ingest/src/", floor: 15 },
  "core-alone": { path: "^core/src/", floor: 40 },
  "dashboards-alone": { path: "^dashboards/src/", floor: 25 },
  "platform-knows-no-context": { path: "^core/src/platform/", floor: 15 },
  "contexts-use-front-doors": { path: "^core/src/modules/", floor: 25 },
  "domain-is-pure": { path: "^core/src/modules/[^/]+/domain/", floor: 3 },
} satisfies Record<string, { path: string; floor: number }>;
