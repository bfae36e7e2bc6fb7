import type { OpenAPIHono } from "@hono/zod-openapi";
import {
  changeOidcProvider as changeRoute,
  createOidcProvider as createRoute,
  deleteOidcProvider as deleteRoute,
  finishOidc as finishRoute,
  getSignInMethods,
  listOidcProviders as listRoute,
  startOidc as startRoute,
} from "@millwright/contracts/api";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";

import { Refusal } from "../../../platform/errors.ts";
import { createApi } from "../../../platform/http/api.ts";
import { callerOf, guarded } from "../../../platform/http/permission.ts";
import { newId } from "../../../platform/platform.ts";
import type { IdentityDeps } from "../deps.ts";
import { refuseVouching } from "../guard-rights.ts";
import { deviceOf } from "../person.ts";
import { signedIn } from "../sign-in-routes.ts";
import { type ProviderRow, readProviders, readSignInProviders } from "../store/oidc.ts";
import {
  changeProvider,
  createProvider,
  deleteProvider,
  showProvider,
} from "./manage-providers.ts";
import { ProviderClient } from "./provider-client.ts";
import { referenceOf } from "./provider-reference.ts";
import { finishOidc, pendingMs, startOidc } from "./sign-in.ts";

const readCompany = { objectType: "company", action: "read", on: "any" } as const;
const changeCompany = { objectType: "company", action: "change", on: "any" } as const;

/** Signing in by a provider, and the providers themselves. */
export function oidcRoutes(deps: IdentityDeps): OpenAPIHono {
  const { platform, requests, seal, oidcMayBeInside: mayBeInside } = deps;
  const flow = { platform, seal, client: new ProviderClient({ mayBeInside }) };
  const show = (c: Context, tenantId: TenantId, provider: ProviderRow) => {
    const reference = referenceOf({ tenantId, providerId: provider.providerId });
    return showProvider(provider, { reference, redirectUri: redirectUriOf(c, deps, reference) });
  };
  const mustBeAdministrator = async (c: Context) => {
    const caller = callerOf(c);
    refuseVouching(await deps.authorisation.policy(caller.tenantId), caller.roles);
  };
  return createApi()
    .openapi(guarded(getSignInMethods, "public"), async (c) => {
      const found = await readSignInProviders(platform.db);
      const providers = found.map(({ tenantId, providerId, name }) => ({
        providerId: referenceOf({ tenantId: tenantIdSchema.parse(tenantId), providerId }),
        name,
      }));
      return c.json({ providers }, 200);
    })
    .openapi(guarded(startRoute, "public"), (c) =>
      orToSignIn(c, deps, async () => {
        const { providerId: reference } = c.req.valid("param");
        const { returnTo } = c.req.valid("query");
        const redirectUri = redirectUriOf(c, deps, reference);
        const started = await startOidc(flow, { reference, returnTo, redirectUri });
        setCookie(c, pendingCookie, started.pending, {
          httpOnly: true,
          secure: deps.isSecure,
          // Strict would not come along when the provider sends the browser back.
          sameSite: "Lax",
          path: pendingPath,
          maxAge: pendingMs / 1000,
        });
        return c.redirect(started.url.href, 302);
      }),
    )
    .openapi(guarded(finishRoute, "public"), (c) =>
      orToSignIn(c, deps, async () => {
        const { providerId: reference } = c.req.valid("param");
        const pending = getCookie(c, pendingCookie);
        // Whatever comes of it, this attempt is used up.
        deleteCookie(c, pendingCookie, { path: pendingPath });
        // The address that the provider was told, with what it added: ours may be another behind a proxy.
        const callback = new URL(redirectUriOf(c, deps, reference));
        callback.search = new URL(c.req.url).search;
        const device = deviceOf(c);
        const done = await finishOidc(flow, { reference, pending, callback, device });
        await signedIn(c, deps, done.tenantId, done.session);
        return c.redirect(done.returnTo, 302);
      }),
    )
    .openapi(guarded(listRoute, readCompany), async (c) => {
      const rows = await requests.transaction(c, async (tx) =>
        (await readProviders(tx)).map((provider) => show(c, tx.tenantId, provider)),
      );
      return c.json({ rows }, 200);
    })
    .openapi(guarded(createRoute, changeCompany), async (c) => {
      const provider = c.req.valid("json");
      await mustBeAdministrator(c);
      const made = await requests.act(c, provider, async (tx, { actor: by }) => {
        const asked = { provider, providerId: newId(platform), seal, by, mayBeInside };
        return show(c, tx.tenantId, await createProvider(tx, asked));
      });
      return c.json(made, 201);
    })
    .openapi(guarded(changeRoute, changeCompany), async (c) => {
      const { providerId: reference } = c.req.valid("param");
      const change = c.req.valid("json");
      await mustBeAdministrator(c);
      const changed = await requests.transaction(c, async (tx, { actor: by }) =>
        show(
          c,
          tx.tenantId,
          await changeProvider(tx, { reference, change, seal, by, mayBeInside }),
        ),
      );
      return c.json(changed, 200);
    })
    .openapi(guarded(deleteRoute, changeCompany), async (c) => {
      const { providerId: reference } = c.req.valid("param");
      await requests.transaction(c, (tx, { actor: by }) => deleteProvider(tx, { reference, by }));
      return c.json({}, 200);
    });
}

const pendingCookie = "mw_oidc";
/** The way out and back; it travels nowhere else. */
const pendingPath = "/api/auth/oidc";

/** Where the provider sends people back to. Without PUBLIC_URL the address they came by. */
function redirectUriOf(c: Context, { publicUrl }: IdentityDeps, reference: string): string {
  return new URL(`/api/auth/oidc/${reference}/callback`, publicUrl ?? c.req.url).href;
}

/** A browser that navigates cannot read problem+json: what went wrong is told on the sign-in page. */
async function orToSignIn(
  c: Context,
  { platform }: IdentityDeps,
  act: () => Promise<Response>,
): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    const code = error instanceof Refusal ? error.code : "part_missing";
    platform.log.warn({ err: error, code }, "a sign-in by a provider failed");
    return c.redirect(`/sign-in?problem=${encodeURIComponent(code)}`, 302);
  }
}
