/** What the page needs of an OpenAPI document; everything else is passed over. */
export type ApiDescription = {
  info: { title: string; version: string };
  paths: Record<string, object>;
};

/** A plain reference page: every route with its tag and answers, readable offline, no script. */
export function renderDocs(api: ApiDescription): string {
  const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => renderOperation(method, path, operation)),
  );
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escape(api.info.title)}</title>
<meta name="viewport" content="width=device-width">
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
  code { font-size: 1rem } section { border-top: 1px solid #8884; padding: .5rem 0 }
  h2 { font-size: 1.1rem; margin: .5rem 0 } :root { color-scheme: light dark }
  pre { overflow: auto; background: #8882; padding: .5rem }
</style>
<h1>${escape(api.info.title)} ${escape(api.info.version)}</h1>
<p>The machine-readable form is <a href="/api/openapi.json">/api/openapi.json</a>. Live messages come
as server-sent events from <code>GET /api/live</code>.</p>
${operations.join("\n")}
</html>`;
}

function renderOperation(method: string, path: string, operation: unknown): string {
  return `<section><h2><code>${escape(method.toUpperCase())} ${escape(path)}</code></h2>
<details><summary>Parameters, body and answers</summary>
<pre>${escape(JSON.stringify(operation, null, 2))}</pre></details></section>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
