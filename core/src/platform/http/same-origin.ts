import type { Context } from "hono";

import { Refusal } from "../errors.ts";

/**
 * Refuses a request that changes something and was made by a page of somebody else (CSRF). Browsers
 * say where a request comes from by `Sec-Fetch-Site`, older ones by `Origin`; a request that is known
 * by its cookie and says neither is refused. Programs send their credential themselves, so nobody can
 * make them ask what they did not mean to. Pages of `corsOrigins` are let in like programs: with a
 * credential of their own, never with our cookie.
 * @throws Refusal request.cross_site
 */
export function refuseCrossSite(
  c: Context,
  asked: { isCookie: boolean; publicUrl: string | undefined; corsOrigins: readonly string[] },
): void {
  if (safeMethods.has(c.req.method)) return;
  const origin = c.req.header("origin");
  if (!asked.isCookie && origin !== undefined && asked.corsOrigins.includes(origin)) return;
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) {
    // `none` is the person: an address typed, a bookmark.
    if (site === "same-origin" || site === "none") return;
    throw crossSite();
  }
  if (origin !== undefined) {
    if (ownOrigins(c, asked.publicUrl).includes(origin)) return;
    throw crossSite();
  }
  if (asked.isCookie) throw crossSite();
}

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

function ownOrigins(c: Context, publicUrl: string | undefined): string[] {
  const own = new URL(c.req.url).origin;
  return publicUrl === undefined ? [own] : [own, new URL(publicUrl).origin];
}

function crossSite(): Refusal {
  return new Refusal("request.cross_site", "This request came from a page of another site.", {
    kind: "not_permitted",
  });
}
