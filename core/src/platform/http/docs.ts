import { problemCodes } from "@millwright/contracts/api";

import type { ApiDocument, Operation } from "./describe-api.ts";

/**
 * The reference as one page that needs no script and no network: operations by tag with parameters,
 * an example of the body and the answers, then every schema with its fields.
 */
export function renderDocs(api: ApiDocument): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const byTag = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? "other");
  const tags = [...byTag].toSorted(([a], [b]) => a.localeCompare(b));
  const schemas = Object.entries(api.components.schemas);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(api.info.title)}</title>
<meta name="viewport" content="width=device-width">
<style>${style}</style>
<nav><a href="#top">Millwright</a>
${tags.map(([tag, members]) => navigation(tag, members)).join("\n")}
<details><summary>Schemas</summary>${schemas.map(([name]) => link(name)).join("")}</details></nav>
<main id="top"><h1>${escaped(api.info.title)} ${escaped(api.info.version)}</h1>${introduction}
${tags.map(([tag, members]) => `<h2>${escaped(tag)}</h2>${members.map((member) => renderOperation(api, member)).join("")}`).join("\n")}
<h2 id="problem-codes">Problem codes</h2>${renderProblemCodes()}
<h2>Schemas</h2>${schemas.map(([name, schema]) => renderSchema(name, schema)).join("")}
</main></html>`;
}

const introduction = `<p>The machine-readable form is <a href="/api/openapi.json">/api/openapi.json</a>:
generate a client from it. Programs send <code>Authorization: Bearer mw_…</code> with an API key.
What goes wrong is answered as <code>application/problem+json</code> with a stable <code>code</code>
(<a href="#problem-codes">all of them</a>).
A POST with an <code>Idempotency-Key</code> acts once, however often it is sent. Lists give
<code>nextCursor</code>, to be sent as <code>cursor</code>. An edit sends the <code>ETag</code> it has
read as <code>If-Match</code>.</p>
<pre>curl -H "Authorization: Bearer $MILLWRIGHT_KEY" "$MILLWRIGHT_URL/api/work-orders?limit=5"</pre>`;

type Member = { method: string; path: string; operation: Operation };

function navigation(tag: string, members: readonly Member[]): string {
  const links = members.map(
    ({ operation }) =>
      `<a href="#${escaped(operation.operationId ?? "")}">${escaped(operation.summary ?? "")}</a>`,
  );
  return `<details open><summary>${escaped(tag)}</summary>${links.join("")}</details>`;
}

function renderOperation(api: ApiDocument, { method, path, operation }: Member): string {
  const parameters = (operation.parameters ?? []).map(rowOfParameter);
  const body = bodyOf(operation.requestBody);
  const answers = Object.entries(operation.responses).map(
    ([status, answer]) =>
      `<tr><td>${escaped(status)}<td>${escaped(textOf(answer, "description"))}<td>${typeOf(bodyOf(answer)?.schema)}`,
  );
  return `<section id="${escaped(operation.operationId ?? "")}">
<h3>${escaped(operation.summary ?? "")}</h3>
<p><code class="${escaped(method)}">${escaped(method.toUpperCase())} ${escaped(path)}</code> ${permissionOf(operation)}</p>
${operation.description === undefined ? "" : `<p>${escaped(operation.description)}</p>`}
${parameters.length === 0 ? "" : `<h4>Parameters</h4><table>${parameters.join("")}</table>`}
${body === null ? "" : `<h4>Body: ${typeOf(body.schema)}</h4><pre>${escaped(exampleText(api, body))}</pre>`}
<h4>Answers</h4><table>${answers.join("")}</table></section>`;
}

function permissionOf(operation: Operation): string {
  const permission = operation["x-permission"];
  if (typeof permission === "string") return `<small>${escaped(permission)}</small>`;
  const action = textOf(permission, "action") || `{${textOf(at(permission, "action"), "param")}}`;
  const objectType = textOf(permission, "objectType");
  return objectType === "" ? "" : `<small>needs ${escaped(objectType)}:${escaped(action)}</small>`;
}

function rowOfParameter(parameter: unknown): string {
  const isRequired = at(parameter, "required") === true ? ", required" : "";
  const schema = at(parameter, "schema");
  const rest = [textOf(parameter, "description"), limitsOf(schema)].filter(Boolean).join("; ");
  return `<tr><td><code>${escaped(textOf(parameter, "name"))}</code><td>${escaped(textOf(parameter, "in"))}${isRequired}<td>${typeOf(schema)}<td>${escaped(rest)}`;
}

function renderSchema(name: string, schema: unknown): string {
  const required = at(schema, "required");
  const fields = Object.entries(objectOf(at(schema, "properties"))).map(([field, type]) => {
    const isRequired = Array.isArray(required) && required.includes(field);
    const rest = [textOf(type, "description"), limitsOf(type)].filter(Boolean).join("; ");
    return `<tr><td><code>${escaped(field)}</code>${isRequired ? "" : "?"}<td>${typeOf(type)}<td>${escaped(rest)}`;
  });
  return `<section id="schema-${escaped(name)}"><h3>${escaped(name)}</h3>
${fields.length === 0 ? `<p>${typeOf(schema)}</p>` : `<table>${fields.join("")}</table>`}</section>`;
}

function renderProblemCodes(): string {
  const rows = Object.entries(problemCodes).map(
    ([code, sentence]) => `<tr><td><code>${escaped(code)}</code><td>${escaped(sentence)}`,
  );
  return `<table>${rows.join("")}</table>`;
}

/** The first media type of a body or an answer. */
function bodyOf(body: unknown): { mediaType: string; schema: unknown } | null {
  const [first] = Object.entries(objectOf(at(body, "content")));
  return first === undefined ? null : { mediaType: first[0], schema: at(first[1], "schema") };
}

function typeOf(schema: unknown): string {
  const reference = textOf(schema, "$ref").split("/").at(-1) ?? "";
  if (reference !== "") return link(reference);
  const choices = at(schema, "anyOf") ?? at(schema, "oneOf") ?? at(schema, "allOf");
  if (Array.isArray(choices)) return choices.map(typeOf).join(" or ");
  const values = at(schema, "enum");
  if (Array.isArray(values))
    return values.map((value) => `<code>${escaped(String(value))}</code>`).join(" · ");
  const type = at(schema, "type");
  if (type === "array") return `list of ${typeOf(at(schema, "items"))}`;
  const format = textOf(schema, "format");
  const name = Array.isArray(type) ? type.join(" or ") : textOf(schema, "type");
  return escaped([name, format].filter(Boolean).join(" "));
}

function limitsOf(schema: unknown): string {
  const limits = ["minimum", "maximum", "minLength", "maxLength", "maxItems", "default", "pattern"];
  return limits
    .flatMap((limit) => {
      const value = at(schema, limit);
      return value === undefined ? [] : [`${limit} ${JSON.stringify(value)}`];
    })
    .join(", ");
}

function exampleText(api: ApiDocument, body: { mediaType: string; schema: unknown }): string {
  if (!body.mediaType.includes("json")) return body.mediaType;
  return JSON.stringify(exampleOf(api, body.schema, 0), null, 2);
}

/** A value of the right shape; not one that every rule accepts. */
function exampleOf(api: ApiDocument, schema: unknown, depth: number): unknown {
  // No schema of ours is this deep: one that names itself ends here.
  if (depth > exampleDepthMax) return null;
  const inner = (next: unknown) => exampleOf(api, next, depth + 1);
  const reference = textOf(schema, "$ref").split("/").at(-1) ?? "";
  if (reference !== "") return inner(api.components.schemas[reference]);
  const [choice] = asList(at(schema, "anyOf") ?? at(schema, "oneOf") ?? at(schema, "allOf"));
  if (choice !== undefined) return inner(choice);
  const given = at(schema, "example") ?? at(schema, "default") ?? asList(at(schema, "enum"))[0];
  if (given !== undefined) return given;
  const [type] = [at(schema, "type")].flat();
  if (type === "array") return [inner(at(schema, "items"))];
  if (type === "object") {
    const fields = Object.entries(objectOf(at(schema, "properties")));
    return Object.fromEntries(fields.map(([field, next]) => [field, inner(next)]));
  }
  if (type === "string") return exampleTexts[textOf(schema, "format")] ?? "text";
  return type === "boolean" ? true : type === "number" || type === "integer" ? 1 : null;
}

const exampleDepthMax = 8;
const exampleTexts: Record<string, string> = {
  uuid: "01a8f5c0-0000-7000-8000-000000000001",
  "date-time": "2026-11-30T06:00:00Z",
};

function link(schema: string): string {
  return `<a href="#schema-${escaped(schema)}">${escaped(schema)}</a>`;
}

function at(value: unknown, key: string): unknown {
  return objectOf(value)[key];
}

function textOf(value: unknown, key: string): string {
  const found = at(value, key);
  return typeof found === "string" ? found : "";
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const style = `
:root { color-scheme: light dark } body { font: 15px/1.5 system-ui, sans-serif; margin: 0; display: flex }
nav { width: 16rem; height: 100vh; overflow: auto; position: sticky; top: 0; padding: 1rem; box-sizing: border-box; border-right: 1px solid #8884; flex: none }
nav a { display: block; text-decoration: none; font-size: .85rem; padding: .1rem .5rem } nav summary { font-weight: 600 }
main { padding: 1rem 2rem; min-width: 0; max-width: 60rem } section { border-top: 1px solid #8884; padding: .5rem 0 }
h3, h4 { margin: .5rem 0 .2rem } pre { overflow: auto; background: #8882; padding: .5rem; max-height: 24rem }
table { border-collapse: collapse; width: 100% } td { border-bottom: 1px solid #8883; padding: .15rem .5rem; vertical-align: top; overflow-wrap: anywhere }
code { font-size: .9em } section:target { background: #fc02 } small { opacity: .7 }
@media (max-width: 50rem) { body { display: block } nav { position: static; width: auto; height: auto; max-height: 40vh } }`;
