import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { createAdaptorServer } from "@hono/node-server";
import openapi, { astToString } from "openapi-typescript";
import { afterAll, beforeAll, expect, test } from "vitest";

import { openTestPlant, type TestPlant } from "../../../core/src/testing/plant.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";

const root = join(import.meta.dirname, "..", "..", "..");

type Operation = {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  "x-permission"?: unknown;
  responses: Record<string, { description?: string; content?: Record<string, object> }>;
};
type Document = {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: object };
};

let database: TestDatabase;
let plant: TestPlant;
let document: Document;

beforeAll(async () => {
  database = await createTestDatabase();
  plant = await openTestPlant(database);
  document = await plant.get<Document>("/api/openapi.json");
});
afterAll(async () => {
  await plant?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

function operations(): { name: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method} ${path}`,
      operation,
    })),
  );
}

// A walk that sees nothing proves nothing.
const operationsFloor = 40;

test("every route that is served is described, and nothing else is", () => {
  const served = plant.app.api.routes
    .filter(({ method, path }) => method !== "ALL" && !path.includes("*"))
    .map(
      ({ method, path }) =>
        `${method.toLowerCase()} ${path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`,
    );
  const described = operations().map(({ name }) => name);
  expect(described.length).toBeGreaterThanOrEqual(operationsFloor);
  expect([...new Set(served)].sort()).toEqual(described.sort());
});

test("every operation has a name of its own, a sentence and a tag", () => {
  const nameless = operations().filter(
    ({ operation }) =>
      operation.operationId === undefined ||
      (operation.summary ?? "") === "" ||
      operation.tags?.length !== 1,
  );
  expect(nameless.map(({ name }) => name)).toEqual([]);
  const names = operations().map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
});

test("every operation has a good answer with its type, and problems as problem+json", () => {
  const lacking = operations().flatMap(({ name, operation }) => {
    const answers = Object.entries(operation.responses);
    const good = answers.filter(([status]) => Number(status) < 400);
    const isTyped = good.every(
      ([status, { content }]) => content !== undefined || ["204", "302", "303"].includes(status),
    );
    const bad = answers.filter(([status]) => Number(status) >= 400 && status !== "503");
    const areProblems = bad.every(
      ([, { content = {} }]) => content["application/problem+json"] !== undefined,
    );
    const hasRefusals = bad.some(([status]) => status === "500");
    return good.length > 0 && isTyped && areProblems && hasRefusals ? [] : [name];
  });
  expect(lacking).toEqual([]);
});

test("how to sign in is said, and which operations need it not", () => {
  expect(Object.keys(document.components.securitySchemes)).toEqual(["token", "cookie"]);
  for (const { name, operation } of operations()) {
    const isPublic = operation["x-permission"] === "public" || operation.security?.length === 0;
    expect([name, operation.security?.length === 0]).toEqual([name, isPublic]);
  }
});

test("a client generated from the description compiles and takes an order through its life", async () => {
  const folder = join(root, ".cache");
  await mkdir(folder, { recursive: true });
  const client = await mkdtemp(join(folder, "api-client-"));
  try {
    // As a stranger has it: the document that is served, and nothing of this repository.
    const generated = astToString(await openapi(JSON.stringify(document)));
    await writeFile(join(client, "schema.d.ts"), generated);
    await cp(join(import.meta.dirname, "fixtures/round-trip.ts"), join(client, "round-trip.ts"));
    await writeFile(
      join(client, "tsconfig.json"),
      JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: { types: ["node"] } }),
    );
    await promisify(execFile)(join(root, "node_modules/.bin/tsc"), ["-p", client]);
    const server = createAdaptorServer({ fetch: plant.app.api.fetch }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { roundTrip } = (await import(pathToFileURL(join(client, "round-trip.ts")).href)) as {
      roundTrip: (baseUrl: string, apiKey: string) => Promise<string[]>;
    };
    const states = await roundTrip(`http://127.0.0.1:${port}`, database.apiKey);
    server.close();
    expect(states).toEqual([
      "draft",
      "firmed",
      "released",
      "read released with 1 operation",
      "on_hold",
      "cancelled",
      "work_order.transition_refused",
      "1 of a page",
    ]);
  } finally {
    await rm(client, { recursive: true, force: true });
  }
});
