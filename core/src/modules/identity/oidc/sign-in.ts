import type { TenantId } from "@millwright/contracts/units";
import { z } from "zod";

import { Refusal } from "../../../platform/errors.ts";
import type { Platform } from "../../../platform/platform.ts";
import type { Seal } from "../../../platform/seal.ts";
import { type Device, openSession, type SessionHold } from "../open-session.ts";
import { type ProviderRow, readProvider } from "../store/oidc.ts";
import { userOfPerson } from "./link-person.ts";
import type { ProviderClient, ProviderLogin } from "./provider-client.ts";
import { type ProviderReference, readReference } from "./provider-reference.ts";

export type OidcDeps = { platform: Platform; seal: Seal; client: ProviderClient };

/** What the browser keeps, sealed, while it is at the provider: who has no such cookie did not start. */
const pendingSchema = z.object({
  reference: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  untilMs: z.number(),
});

/** Long enough to find the phone, too short to be found by somebody else. */
export const pendingMs = 10 * 60_000;

/**
 * Sends somebody to a provider. `pending` goes into a cookie.
 * @throws Refusal oidc.provider_unknown · oidc.provider_unreachable
 */
export async function startOidc(
  deps: OidcDeps,
  asked: { reference: string; returnTo: string; redirectUri: string },
): Promise<{ url: URL; pending: string }> {
  const { provider, login } = await loadProvider(deps, asked.reference);
  const flow = await deps.client.newFlow();
  const { redirectUri, reference, returnTo } = asked;
  const url = await deps.client.authorizationUrl(login, flow, {
    redirectUri,
    scopes: provider.scopes,
  });
  const untilMs = deps.platform.clock.now().getTime() + pendingMs;
  const pending = JSON.stringify({ reference, ...flow, returnTo, untilMs });
  return { url, pending: await deps.seal.seal(pending, cookiePurpose) };
}

/**
 * Opens a session for who comes back from the provider.
 * @throws Refusal oidc.not_valid · oidc.expired · oidc.declined · those of userOfPerson
 */
export async function finishOidc(
  deps: OidcDeps,
  asked: { reference: string; pending: string | undefined; callback: URL; device: Device },
): Promise<{ tenantId: TenantId; session: SessionHold; returnTo: string }> {
  const pending = await openPending(deps, asked);
  const { provider, login, tenantId } = await loadProvider(deps, asked.reference);
  const person = await deps.client.personOf(login, pending, asked.callback);
  const now = deps.platform.clock.now();
  const session = await deps.platform.db.inTenant(tenantId, async (tx) => {
    const { userId, name } = await userOfPerson(tx, { person, provider, now });
    return openSession(tx, { userId, name, method: provider.name, device: asked.device }, now);
  });
  return { tenantId, session, returnTo: pending.returnTo };
}

async function openPending(
  { seal, platform }: OidcDeps,
  asked: { reference: string; pending: string | undefined },
) {
  const text = asked.pending === undefined ? null : await seal.open(asked.pending, cookiePurpose);
  if (text === null) throw notValid();
  const pending = pendingSchema.parse(JSON.parse(text));
  if (pending.reference !== asked.reference) throw notValid();
  if (pending.untilMs < platform.clock.now().getTime()) {
    throw new Refusal("oidc.expired", "This sign-in took longer than 10 minutes. Start again.");
  }
  return pending;
}

async function loadProvider(
  { platform, seal }: OidcDeps,
  text: string,
): Promise<ProviderReference & { provider: ProviderRow; login: ProviderLogin }> {
  const reference = readReference(text);
  const provider =
    reference === null
      ? null
      : await platform.db.inTenant(reference.tenantId, (tx) =>
          readProvider(tx, reference.providerId),
        );
  if (reference === null || provider === null || !provider.isActive) {
    throw new Refusal("oidc.provider_unknown", "There is no such provider any more.", {
      kind: "absent",
    });
  }
  const clientSecret = await seal.open(provider.clientSecretSealed, secretPurpose(provider));
  if (clientSecret === null) {
    throw new Refusal(
      "oidc.secret_unreadable",
      "The provider's secret was sealed under another key. An administrator has to enter it again.",
    );
  }
  const { issuer, clientId } = provider;
  return { ...reference, provider, login: { issuer, clientId, clientSecret } };
}

/** Bound to its provider, so that a sealed secret copied into another row does not open there. */
export function secretPurpose({ providerId }: { providerId: string }): string {
  return `oidc client secret ${providerId}`;
}

const cookiePurpose = "oidc sign-in";

function notValid(): Refusal {
  return new Refusal(
    "oidc.not_valid",
    "This sign-in was not started in this browser. Start again.",
  );
}
