/**
 * Development aid, never part of a plant: serves the built screens and a small plant that moves, so
 * that a screen can be looked at without ingest, core and a database. Every answer is parsed by the
 * contract's schema before it leaves, so it cannot drift from what core answers.
 *
 *   node_modules/.bin/node dashboards/dev/plant-replay.ts [--port 8099] [--empty]
 */
import { createReadStream, existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { parseArgs } from "node:util";

import {
  getEquipment,
  getMachine,
  getMachineEvents,
  getMachineStates,
  getMachineTrends,
  getPlant,
  getWorkOrderEvents,
  listEdgeNodes,
  listItems,
  listMetrics,
  listWorkOrders,
  liveMessageSchema,
  meSchema,
  problemSchema,
  registerEdgeNode,
  workOrderSchema,
} from "@millwright/contracts/api";
import { workOrderCommands } from "@millwright/contracts/states";
import { ReplayedPlant, ReplayRefusal } from "./replayed-plant.ts";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "8099" },
    empty: { type: "boolean", default: false },
  },
});
const dist = join(import.meta.dirname, "..", "dist");
const plant = new ReplayedPlant({ isEmpty: options.empty });

type Handler = (match: string[], url: URL, body: unknown) => unknown;
type Schema = { parse: (value: unknown) => unknown };

/** Somebody who may do all that the replayed plant can answer; there is nobody else. */
const developer = {
  userId: "01900000-0000-7000-8000-000000000001",
  name: "Developer",
  email: "developer@example.com",
  tenantId: "01900000-0000-7000-8000-000000000002",
  companyName: "Replayed plant",
  roles: ["administrator"],
  departmentId: null,
  permissions: [
    "machine:read",
    "equipment:read",
    "edge_node:read",
    "edge_node:register",
    "work_order:read",
    "work_order:draft",
    ...Object.keys(workOrderCommands).map((command) => `work_order:${command}`),
  ],
  language: null,
  hasPassword: true,
  hasTotp: false,
  sessionEndsTime: "2099-01-01T00:00:00.000Z",
};

const routes: [method: string, path: RegExp, schema: Schema, answer: Handler][] = [
  ["GET", /^\/api\/me$/, meSchema, () => developer],
  ["GET", /^\/api\/plant$/, answerOf(getPlant), () => plant.plant()],
  ["GET", /^\/api\/equipment$/, answerOf(getEquipment), () => plant.equipment()],
  ["GET", /^\/api\/edge-nodes$/, answerOf(listEdgeNodes), () => ({ rows: plant.edgeNodes() })],
  ["GET", /^\/api\/metrics$/, answerOf(listMetrics), () => page(plant.metrics())],
  ["GET", /^\/api\/items$/, answerOf(listItems), () => page(plant.items())],
  ["GET", /^\/api\/work-units\/([^/]+)$/, answerOf(getMachine), ([id = ""]) => plant.machine(id)],
  [
    "GET",
    /^\/api\/work-units\/([^/]+)\/states$/,
    answerOf(getMachineStates),
    ([id = ""], url) => ({ intervals: plant.states(id, windowOf(url)) }),
  ],
  [
    "GET",
    /^\/api\/work-units\/([^/]+)\/trends$/,
    answerOf(getMachineTrends),
    ([id = ""], url) => ({
      series: plant.trends(id, (url.searchParams.get("metrics") ?? "").split(","), windowOf(url)),
    }),
  ],
  [
    "GET",
    /^\/api\/work-units\/([^/]+)\/events$/,
    answerOf(getMachineEvents),
    ([id = ""]) => page(plant.machineEvents(id)),
  ],
  [
    "GET",
    /^\/api\/work-orders$/,
    answerOf(listWorkOrders),
    (_, url) =>
      page(plant.orders(url.searchParams.get("state"), url.searchParams.get("search") ?? "")),
  ],
  ["GET", /^\/api\/work-orders\/([^/]+)$/, workOrderSchema, ([id = ""]) => plant.order(id)],
  [
    "GET",
    /^\/api\/work-orders\/([^/]+)\/events$/,
    answerOf(getWorkOrderEvents),
    ([id = ""]) => page(plant.orderEvents(id)),
  ],
  ["POST", /^\/api\/work-orders$/, workOrderSchema, (_, __, body) => plant.draft(body)],
  [
    "POST",
    /^\/api\/work-orders\/([^/]+)\/([a-z]+)$/,
    workOrderSchema,
    ([id = "", command = ""]) => plant.command(id, command),
  ],
  [
    "POST",
    /^\/api\/edge-nodes$/,
    registerEdgeNode.responses[201].content["application/json"].schema,
    (_, __, body) => plant.register(body),
  ],
];

/** The schema of a route's answer. */
function answerOf(route: {
  responses: { 200: { content: { "application/json": { schema: Schema } } } };
}): Schema {
  return route.responses[200].content["application/json"].schema;
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://replay");
  if (url.pathname === "/api/live") return live(response);
  if (!url.pathname.startsWith("/api/")) return file(url.pathname, response);
  answer(request, url).then(
    ({ status, type, body }) =>
      response.writeHead(status, { "content-type": type }).end(JSON.stringify(body)),
    (error: unknown) => {
      console.error(error);
      response.writeHead(500).end(String(error));
    },
  );
});
server.listen(Number(options.port), "127.0.0.1", () =>
  console.log(`plant replay (development only): http://127.0.0.1:${options.port}`),
);

async function answer(request: IncomingMessage, url: URL) {
  const chunks = await Array.fromAsync(request, (chunk: Buffer) => chunk);
  const text = Buffer.concat(chunks).toString();
  const body: unknown = text === "" ? {} : JSON.parse(text);
  for (const [method, path, schema, handle] of routes) {
    const match = path.exec(url.pathname);
    if (method !== request.method || match === null) continue;
    try {
      const json = schema.parse(handle(match.slice(1), url, body));
      return { status: 200, type: "application/json", body: json };
    } catch (error) {
      if (!(error instanceof ReplayRefusal)) throw error;
      return problem(error.problem);
    }
  }
  return problem({
    status: 404,
    title: "Not found",
    code: "absent",
    detail: `Nothing at ${url.pathname}.`,
  });
}

function problem(fields: { status: number; title: string; code: string; detail: string }) {
  const body = problemSchema.parse({ type: "about:blank", ...fields });
  return { status: fields.status, type: "application/problem+json", body };
}

function live(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  response.write(": replay\n\n");
  const timer = setInterval(() => {
    for (const message of plant.liveMessages()) {
      const parsed = liveMessageSchema.parse(message);
      response.write(`event: ${parsed.kind}\ndata: ${JSON.stringify(parsed)}\n\n`);
    }
  }, 1_000);
  response.on("close", () => clearInterval(timer));
}

function file(path: string, response: ServerResponse): void {
  const asked = join(dist, path);
  const found = extname(path) !== "" && asked.startsWith(dist) && existsSync(asked);
  const name = found ? asked : join(dist, "index.html");
  response.writeHead(200, { "content-type": mediaTypes[extname(name)] ?? "text/plain" });
  createReadStream(name).pipe(response);
}

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

function page<Row>(rows: Row[]) {
  return { rows, nextCursor: null };
}

function windowOf(url: URL) {
  const time = (name: string) => Date.parse(url.searchParams.get(name) ?? "");
  return { from: time("from"), to: time("to") };
}
