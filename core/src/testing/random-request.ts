/** The part of an OpenAPI description that requests are made up from. */
type Schema = {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  $ref?: string;
};
type Operation = {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
};
export type Api = {
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema> };
};

export type Route = { method: string; path: string; operation: Operation };
export type MadeRequest = { method: string; path: string; body: unknown };

export function routesOf(api: Api): Route[] {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
    })),
  );
}

/**
 * A request to a route whose every place for an id, in path, query and body, holds one of `ids`, and
 * every text of path and query one of `texts`. `pick` chooses a number below its argument.
 */
export function makeRequest(
  api: Api,
  { method, path, operation }: Route,
  from: { ids: readonly string[]; texts: readonly string[]; pick: (below: number) => number },
): MadeRequest {
  let isBody = false;
  const one = <T>(values: readonly T[]) => values[from.pick(values.length)];
  const valueOf = (schema: Schema, depth = 0): unknown => {
    const named = schema.$ref?.split("/").at(-1);
    if (named !== undefined) return valueOf(api.components?.schemas?.[named] ?? {}, depth);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices !== undefined) return valueOf(one(choices) ?? {}, depth);
    if (schema.allOf !== undefined) {
      return Object.assign({}, ...schema.allOf.map((part) => valueOf(part, depth)));
    }
    if (schema.enum !== undefined) return one(schema.enum);
    const type = Array.isArray(schema.type) ? one(schema.type) : schema.type;
    switch (type) {
      case "object": {
        const fields = Object.entries(schema.properties ?? {}).filter(
          ([name]) => schema.required?.includes(name) === true || from.pick(2) === 0,
        );
        return Object.fromEntries(fields.map(([name, field]) => [name, valueOf(field, depth + 1)]));
      }
      case "array":
        return depth > 4 ? [] : [valueOf(schema.items ?? {}, depth + 1)];
      case "integer":
      case "number":
        return (schema.minimum ?? 0) + from.pick(3);
      case "boolean":
        return from.pick(2) === 0;
      case "null":
        return null;
      default:
        return textOf(schema);
    }
  };
  const textOf = ({ format, pattern }: Schema): string | undefined => {
    if (format === "uuid") return one(from.ids);
    if (format === "date-time") return "2026-11-20T10:00:00.000Z";
    if (format === "email") return `person${from.pick(1000)}@example.com`;
    if (pattern !== undefined && new RegExp(pattern).test("1")) return "1";
    // What a body says may be stored and come back: then it is the asker's own.
    if (isBody) return `word ${from.pick(1000)}`;
    return from.pick(2) === 0 ? one(from.ids) : one(from.texts);
  };
  const query = new URLSearchParams();
  let filled = path;
  for (const parameter of operation.parameters ?? []) {
    const value = String(valueOf(parameter.schema));
    if (parameter.in === "path") {
      filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
    } else if (parameter.in === "query" && from.pick(2) === 0) query.set(parameter.name, value);
  }
  const schema = operation.requestBody?.content["application/json"]?.schema;
  isBody = true;
  const search = query.size === 0 ? "" : `?${query.toString()}`;
  return {
    method,
    path: filled + search,
    body: schema === undefined ? undefined : valueOf(schema),
  };
}
