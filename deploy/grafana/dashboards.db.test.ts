import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

import { readTenantIds } from "../../core/src/modules/identity/index.ts";
import { planningFigures } from "../../core/src/modules/planning/index.ts";
import { productionFigures } from "../../core/src/modules/production/index.ts";
import { observeJobs } from "../../core/src/platform/jobs/observe-jobs.ts";
import { observeFigures } from "../../core/src/platform/observe/figures.ts";
import { openTestPlant } from "../../core/src/testing/plant.ts";
import { createMetrics } from "../../ingest/src/observe/metrics.ts";
import { createTestDatabase } from "../test/database.ts";

type MetricObject = ReturnType<ReturnType<typeof createMetrics>["getMetricsAsArray"]>[number];

/*
 * promtool and Grafana are not here to ask, so their files are held against the registries of our own
 * processes: every metric and every label that is used must exist, and be explained.
 */
const open = new AsyncDisposableStack();
let known: Map<string, readonly string[]>;
let ours: MetricObject[];

beforeAll(async () => {
  const database = open.use(await createTestDatabase());
  const plant = open.use(await openTestPlant(database));
  observeFigures(plant.core, {
    figures: [...productionFigures, ...planningFigures],
    tenantIds: (atMost) => readTenantIds(plant.core.db, atMost),
  });
  observeJobs(plant.core);
  const ingest = createMetrics({
    totals: () => {
      throw new Error("nobody scrapes");
    },
    queueDepth: () => 0,
    lagMs: () => 0,
    nodesOnline: () => 0,
    rebirthsAsked: () => 0,
    refusals: () => new Map(),
  });
  const all = [plant.core.metrics.registry, ingest].flatMap((one) => one.getMetricsAsArray());
  known = new Map(all.flatMap(seriesOf));
  ours = all.filter(({ name }) => name.startsWith("millwright_"));
});
afterAll(() => open.disposeAsync());

const folder = import.meta.dirname;
const dashboards = readdirSync(folder).filter((name) => name.endsWith(".json"));
const rulesFile = join(folder, "../prometheus/alerts.yml");

const dashboardSchema = z.object({
  uid: z.string().min(1),
  title: z.string().startsWith("Millwright"),
  schemaVersion: z.number().int(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), type: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.number().int(),
      title: z.string().min(1),
      type: z.enum(["stat", "timeseries"]),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number().max(24), h: z.number() }),
      fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }),
      targets: z.array(z.object({ refId: z.string(), expr: z.string().min(1) })).min(1),
    }),
  ),
});

const rulesSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Millwright[A-Z]\w+$/),
          expr: z.string(),
          for: z.string().regex(/^\d+[smh]$/),
          labels: z.strictObject({ severity: z.enum(["info", "warning", "critical"]) }),
          annotations: z.strictObject({
            summary: z.string().min(10),
            description: z.string().min(20),
          }),
        }),
      ),
    }),
  ),
});

test("there are dashboards and rules to look at", () => {
  expect(dashboards).toEqual(["plant.json", "processes.json"]);
  expect(readRules().length).toBeGreaterThanOrEqual(16);
});

describe.each(dashboards)("%s", (file) => {
  const text = readFileSync(join(folder, file), "utf8");

  test("is a dashboard whose panels do not overlap", () => {
    const { panels } = dashboardSchema.parse(JSON.parse(text));
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  test("asks for metrics and labels that exist", () => {
    const { panels } = dashboardSchema.parse(JSON.parse(text));
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(exprs.length).toBeGreaterThan(8);
    expect(exprs.flatMap(mistakesIn)).toEqual([]);
  });
});

test("the alert rules are rules, named once, over metrics and labels that exist", () => {
  const rules = readRules();
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  expect(rules.flatMap(({ expr }) => mistakesIn(expr))).toEqual([]);
  // A threshold at the end: an expression without one fires for ever.
  expect(rules.filter(({ expr }) => !/ [<>] [\d.]+$/.test(expr))).toEqual([]);
});

test("a mistake would be found", () => {
  expect(mistakesIn("rate(millwright_nothing_total[5m])")).toEqual([
    "no metric millwright_nothing_total",
  ]);
  expect(mistakesIn("sum by (colour) (millwright_jobs)")).toEqual([
    "millwright_jobs has no label colour",
  ]);
  expect(mistakesIn('millwright_jobs{colour="red"}')).toEqual([
    "millwright_jobs has no label colour",
  ]);
  expect(mistakesIn("sum(millwright_jobs")).toEqual(["brackets of sum(millwright_jobs"]);
});

test("every metric of ours says what it is, in its own words; a counter is named as one", () => {
  expect(ours.length).toBeGreaterThanOrEqual(35);
  expect(ours.filter(({ help }) => help.length < 10).map(({ name }) => name)).toEqual([]);
  expect(new Set(ours.map(({ help }) => help)).size).toBe(ours.length);
  const counters = ours.filter(({ type }) => String(type) === "counter");
  expect(counters.filter(({ name }) => !name.endsWith("_total"))).toEqual([]);
});

function readRules() {
  return rulesSchema
    .parse(parse(readFileSync(rulesFile, "utf8")))
    .groups.flatMap(({ rules }) => rules);
}

/** The time series of a metric with their labels; those every scrape adds are known to all. */
function seriesOf(metric: MetricObject): [string, readonly string[]][] {
  const { labelNames = [] } = metric as MetricObject & { labelNames?: readonly string[] };
  const labels = [...labelNames, "job", "instance"];
  if (String(metric.type) !== "histogram") return [[metric.name, labels]];
  return [
    [`${metric.name}_bucket`, [...labels, "le"]],
    [`${metric.name}_count`, labels],
    [`${metric.name}_sum`, labels],
  ];
}

function mistakesIn(expr: string): string[] {
  const count = (bracket: string) => expr.split(bracket).length;
  if (count("(") !== count(")") || count("[") !== count("]") || count("{") !== count("}")) {
    return [`brackets of ${expr}`];
  }
  const names = [...new Set(expr.match(/\b(millwright|nodejs|process)_\w+/g) ?? [])];
  if (names.length === 0) return [`no metric in ${expr}`];
  const grouped = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(/, */),
  );
  const matched = [...expr.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(
    ([, label = ""]) => label,
  );
  return names.flatMap((name) => {
    const labels = known.get(name);
    if (labels === undefined) return [`no metric ${name}`];
    return [...grouped, ...matched]
      .filter((label) => !labels.includes(label))
      .map((label) => `${name} has no label ${label}`);
  });
}
