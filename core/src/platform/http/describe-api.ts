import * as contracts from "@millwright/contracts/api";

/** The parts of an OpenAPI 3.1 document that are completed here; everything else is passed on. */
export type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
  security?: Record<string, string[]>[];
  "x-permission"?: unknown;
};
export type ApiDocument = {
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
  /** Of every operation that says nothing else. */
  security: Record<string, string[]>[];
};

/**
 * Completes what the routes say of themselves to what a generated client needs: a name and a sentence
 * per operation, how to sign in, and the answers that every route may give. An operation has the name
 * of its route in contracts.
 */
export function describeApi(generated: { info: ApiDocument["info"] }): ApiDocument {
  const { paths, components, ...rest }: Partial<ApiDocument> = generated;
  const described = Object.entries({ ...paths, ...plainRoutes }).map(
    ([path, methods]) =>
      [
        path,
        Object.fromEntries(
          Object.entries(methods).map(([method, operation]) => [
            method,
            describe(operation, operationIds.get(`${method} ${path}`)),
          ]),
        ),
      ] as const,
  );
  const document = {
    ...rest,
    info: generated.info,
    paths: Object.fromEntries(described),
    components: { ...components, schemas: components?.schemas ?? {}, securitySchemes },
    security: [{ token: [] }, { cookie: [] }],
  };
  return JSON.parse(JSON.stringify(document, withoutFlags)) as ApiDocument;
}

/** The generator writes a pattern with its closing slash and flags; JSON Schema has patterns without. */
function withoutFlags(key: string, value: unknown): unknown {
  return key === "pattern" && typeof value === "string" ? value.replace(/\/[a-z]+$/, "") : value;
}

function describe(operation: Operation, name: string | undefined): Operation {
  const operationId = operation.operationId ?? name;
  return {
    ...operation,
    ...(operationId !== undefined && {
      operationId,
      summary: operation.summary ?? sentenceOf(operationId),
    }),
    ...(operation["x-permission"] === "public" && { security: [] }),
    responses: {
      ...operation.responses,
      ...(operation.requestBody !== undefined && bodyResponses),
      500: problemAnswer("A fault of ours; it is in the log"),
    },
  };
}

/** Names of the routes in contracts by method and path. */
const operationIds = new Map<string, string>(
  Object.entries(contracts).flatMap(([name, value]) =>
    isRoute(value) ? [[`${value.method} ${value.path}`, name] as const] : [],
  ),
);

function isRoute(value: unknown): value is { method: string; path: string } {
  return typeof value === "object" && value !== null && "method" in value && "path" in value;
}

/** `listWorkOrders` → `List work orders`. */
function sentenceOf(name: string): string {
  const words = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function problemAnswer(description: string) {
  const schema = { $ref: "#/components/schemas/Problem" };
  return { description, content: { "application/problem+json": { schema } } };
}

const bodyResponses = {
  413: problemAnswer("The body is too large"),
  415: problemAnswer("The body is of another media type"),
};

const securitySchemes = {
  token: {
    type: "http",
    scheme: "bearer",
    description: "An API key (`mw_…`), or the access token of a sign-in",
  },
  cookie: { type: "apiKey", in: "cookie", name: "mw_access", description: "Set by a sign-in" },
};

/** Routes that are not contracts values, since what they answer is no JSON of ours. */
const plainRoutes: ApiDocument["paths"] = {
  "/api/live": {
    get: {
      operationId: "streamLive",
      summary: "Stream live messages",
      description:
        "Server-sent events; each has a kind as its name and a LiveMessage as its data. `Last-Event-ID` resumes up to 5 minutes, else the first message is `resync`.",
      tags: ["plant"],
      responses: {
        200: answer("The stream", "text/event-stream"),
        401: problemAnswer("Not signed in"),
      },
    },
  },
  "/metrics": {
    get: {
      operationId: "getMetrics",
      summary: "Read the figures of this process",
      tags: ["operations"],
      responses: {
        200: answer("Prometheus text format", "text/plain"),
        401: problemAnswer("Not signed in"),
        403: problemAnswer("Signed in, but not allowed"),
      },
    },
  },
  "/api/openapi.json": {
    get: {
      operationId: "getApiDescription",
      summary: "Read this description",
      tags: ["operations"],
      security: [],
      responses: { 200: answer("OpenAPI 3.1", "application/json") },
    },
  },
  "/api/docs": {
    get: {
      operationId: "getApiDocs",
      summary: "Read this description as a page",
      tags: ["operations"],
      security: [],
      responses: { 200: answer("The page", "text/html") },
    },
  },
};

function answer(description: string, mediaType: string) {
  const schema = mediaType === "application/json" ? { type: "object" } : { type: "string" };
  return { description, content: { [mediaType]: { schema } } };
}
