import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

import type { MiddlewareHandler } from "hono";

/**
 * Serves the built dashboards. A path without a file extension that is not a file is a page of the
 * app (its router reads the URL), so it gets index.html; a missing asset is a plain 404.
 */
export function serveDashboards(folder: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== "GET" || c.req.path.startsWith("/api/")) return next();
    const path = decoded(c.req.path);
    if (path === null) return next();
    const asked = normalize(path).replace(/^[/\\]+/, "");
    if (asked.split(sep).includes("..") || asked.includes("\0")) return next();
    const isPage = extname(asked) === "";
    const file = isPage ? "index.html" : asked;
    const bytes = await readFile(join(folder, file)).catch(() => null);
    if (bytes === null) {
      return isPage ? c.text(notBuilt, 503) : next();
    }
    return c.body(new Uint8Array(bytes), 200, {
      "Content-Type": mediaTypes[extname(file)] ?? "application/octet-stream",
      // Vite puts a content hash in the name of every asset; pages must be asked for again.
      "Cache-Control": file.startsWith("assets/")
        ? "public, max-age=31536000, immutable"
        : "no-cache",
    });
  };
}

/** Null when the escapes are not UTF-8: no file of ours has such a name. */
function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

const notBuilt = "The dashboards are not built yet. Run npm start, or npm run build -w dashboards.";

const mediaTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
  ".map": "application/json",
  ".txt": "text/plain; charset=utf-8",
};
