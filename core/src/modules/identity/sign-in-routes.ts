import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  askPasswordReset as askPasswordResetRoute,
  getSetup,
  readLink as readLinkRoute,
  refreshSession as refreshSessionRoute,
  setUp as setUpRoute,
  type SignedIn,
  signIn as signInRoute,
  signOut as signOutRoute,
  useLink as useLinkRoute,
} from "@millwright/contracts/api";
import { iso8601Schema, type TenantId } from "@millwright/contracts/units";
import type { Context } from "hono";

import { addressOf } from "../../platform/http/address.ts";
import { createApi } from "../../platform/http/api.ts";
import { callerOrNull, guarded } from "../../platform/http/permission.ts";
import { askPasswordReset } from "./ask-password-reset.ts";
import { clearSessionCookies, refreshCookieOf, setSessionCookies } from "./cookies.ts";
import type { IdentityDeps } from "./deps.ts";
import { endSession, endSessionOfToken } from "./end-session.ts";
import { readMe } from "./me.ts";
import type { SessionHold } from "./open-session.ts";
import { deviceOf } from "./person.ts";
import { refreshSession, signInNeeded } from "./refresh-session.ts";
import { readSetup, setUp } from "./set-up.ts";
import { secondFactorNeeded, signIn } from "./sign-in.ts";
import { readLink, useLink } from "./use-link.ts";

/** The ways in and out. All are public: who uses them has no session yet, or none any more. */
export function signInRoutes(deps: IdentityDeps): OpenAPIHono {
  const { platform, mail } = deps;
  return createApi()
    .openapi(guarded(getSetup, "public"), async (c) => c.json(await readSetup(platform), 200))
    .openapi(guarded(setUpRoute, "public"), async (c) => {
      const { tenantId, session } = await setUp(deps, c.req.valid("json"), deviceOf(c));
      return c.json(await signedIn(c, deps, tenantId, session), 200);
    })
    .openapi(guarded(signInRoute, "public"), async (c) => {
      const { tenantId, session } = await signIn(deps, c.req.valid("json"), deviceOf(c));
      return c.json(await signedIn(c, deps, tenantId, session), 200);
    })
    .openapi(guarded(refreshSessionRoute, "public"), async (c) => {
      const token = c.req.valid("json").refreshToken ?? refreshCookieOf(c);
      if (token === undefined) throw signInNeeded();
      const { tenantId, session } = await refreshSession(deps, token);
      return c.json(await signedIn(c, deps, tenantId, session), 200);
    })
    .openapi(guarded(signOutRoute, "public"), async (c) => {
      const caller = callerOrNull(c);
      const refreshToken = refreshCookieOf(c);
      if (caller !== null) await endSession(deps, caller, "signed_out");
      else if (refreshToken !== undefined) await endSessionOfToken(deps, refreshToken);
      clearSessionCookies(c);
      return c.json({}, 200);
    })
    .openapi(guarded(readLinkRoute, "public"), async (c) =>
      c.json(await readLink(deps, c.req.valid("json").token), 200),
    )
    .openapi(guarded(useLinkRoute, "public"), async (c) => {
      const { tenantId, session } = await useLink(deps, c.req.valid("json"), deviceOf(c));
      if (session === null) throw secondFactorNeeded("Your password is set. Sign in with it; type");
      return c.json(await signedIn(c, deps, tenantId, session), 200);
    })
    .openapi(guarded(askPasswordResetRoute, "public"), (c) => {
      const { email } = c.req.valid("json");
      // Not awaited: the time of the answer must not tell whether the address is known.
      void askPasswordReset({ platform, mail }, { email, address: addressOf(c) }).catch(
        (error: unknown) => platform.log.error({ err: error }, "a password reset was not mailed"),
      );
      return c.json({}, 200);
    });
}

/** The answer of every way in, and the cookies of it. */
export async function signedIn(
  c: Context,
  deps: IdentityDeps,
  tenantId: TenantId,
  session: SessionHold,
): Promise<SignedIn> {
  const { userId, sessionId } = session;
  const now = deps.platform.clock.now();
  const claims = { tenantId, userId, sessionId };
  const { text: accessToken, expiresTime } = await deps.tokens.sign(claims, now);
  setSessionCookies(c, { accessToken, session, isSecure: deps.isSecure }, now);
  // Kept by nobody on the way: not by a proxy, not by the browser's disk.
  c.header("Cache-Control", "no-store");
  return {
    accessToken,
    expiresTime: iso8601Schema.parse(expiresTime.toISOString()),
    me: await readMe(deps, claims),
  };
}
