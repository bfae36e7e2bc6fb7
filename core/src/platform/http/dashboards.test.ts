import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Hono } from "hono";
import { expect, test } from "vitest";

import { serveDashboards } from "./dashboards.ts";

test.each([
  { why: "a page", path: "/work-orders", status: 200 },
  { why: "a file that is not there", path: "/assets/gone.js", status: 404 },
  { why: "escapes that are no UTF-8", path: "/%E0%A4%A", status: 404 },
  { why: "a way out of the folder", path: "/..%2f..%2fpackage.json", status: 404 },
  { why: "a NUL", path: "/a%00.html", status: 404 },
])("$why is answered $status", async ({ path, status }) => {
  const folder = await mkdtemp(join(tmpdir(), "dashboards-"));
  try {
    await writeFile(join(folder, "index.html"), "<html></html>");
    const app = new Hono().use(serveDashboards(folder));
    expect((await app.request(path)).status).toBe(status);
  } finally {
    await rm(folder, { recursive: true });
  }
});
