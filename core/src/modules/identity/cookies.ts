import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

import { accessCookie } from "../../platform/http/caller.ts";
import { accessTokenMs } from "./access-token.ts";
import type { SessionHold } from "./open-session.ts";

const refreshCookie = "mw_refresh";
/** The one place that exchanges it, so it travels nowhere else. */
const refreshPath = "/api/auth";

/** Browsers keep both where no script of any page can read them. */
export function setSessionCookies(
  c: Context,
  {
    accessToken,
    session,
    isSecure,
  }: { accessToken: string; session: SessionHold; isSecure: boolean },
  now: Date,
): void {
  const common = { httpOnly: true, secure: isSecure } as const;
  setCookie(c, accessCookie, accessToken, {
    ...common,
    sameSite: "Lax",
    path: "/",
    maxAge: accessTokenMs / 1000,
  });
  setCookie(c, refreshCookie, session.refreshToken, {
    ...common,
    sameSite: "Strict",
    path: refreshPath,
    maxAge: Math.floor((session.idleEndsTime.getTime() - now.getTime()) / 1000),
  });
}

export function refreshCookieOf(c: Context): string | undefined {
  return getCookie(c, refreshCookie);
}

export function clearSessionCookies(c: Context): void {
  deleteCookie(c, accessCookie, { path: "/" });
  deleteCookie(c, refreshCookie, { path: refreshPath });
}
