import type { ChangeOidcProvider, NewOidcProvider, OidcProvider } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";

import { recordChange } from "../../../platform/audit/record-change.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import { Refusal } from "../../../platform/errors.ts";
import { namesInside } from "../../../platform/outside/inside-addresses.ts";
import type { Seal } from "../../../platform/seal.ts";
import {
  deleteProvider as deleteRow,
  insertProvider,
  isNameTaken,
  type ProviderRow,
  readProvider,
  readProviders,
  updateProvider,
} from "../store/oidc.ts";
import { readReference } from "./provider-reference.ts";
import { secretPurpose } from "./sign-in.ts";

/**
 * @throws Refusal oidc_provider.name_taken · oidc_provider.too_many · oidc_provider.issuer_not_secure ·
 * oidc_provider.issuer_inside
 */
export async function createProvider(
  tx: Transaction,
  asked: {
    provider: NewOidcProvider;
    providerId: string;
    seal: Seal;
    by: Actor;
    mayBeInside: boolean;
  },
): Promise<ProviderRow> {
  const { providerId, seal } = asked;
  const { clientSecret, ...fields } = asked.provider;
  refuseIssuer(fields.issuer, asked);
  if ((await readProviders(tx)).length >= providersMax) {
    throw new Refusal("oidc_provider.too_many", `A company has at most ${providersMax} providers.`);
  }
  await refuseTakenName(tx, { name: fields.name, providerId });
  const clientSecretSealed = await seal.seal(clientSecret, secretPurpose({ providerId }));
  const provider = { ...fields, providerId, clientSecretSealed, version: 1 };
  await insertProvider(tx, provider);
  note(tx, { providerId, before: null, after: provider, by: asked.by });
  return provider;
}

/** @throws Refusal oidc_provider.unknown · oidc_provider.changed · oidc_provider.name_taken · as createProvider */
export async function changeProvider(
  tx: Transaction,
  asked: {
    reference: string;
    change: ChangeOidcProvider;
    seal: Seal;
    by: Actor;
    mayBeInside: boolean;
  },
): Promise<ProviderRow> {
  const before = await lockProvider(tx, asked.reference);
  const { clientSecret, version, ...fields } = asked.change;
  if (version !== before.version) {
    throw new Refusal(
      "oidc_provider.changed",
      `Somebody else changed this provider: it is at version ${before.version}. Look at it and save again.`,
    );
  }
  refuseIssuer(fields.issuer, asked);
  const { providerId } = before;
  await refuseTakenName(tx, { name: fields.name, providerId });
  const clientSecretSealed =
    clientSecret === undefined
      ? before.clientSecretSealed
      : await asked.seal.seal(clientSecret, secretPurpose({ providerId }));
  const after = { ...fields, providerId, clientSecretSealed, version: version + 1 };
  await updateProvider(tx, after);
  note(tx, { providerId, before, after, by: asked.by });
  return after;
}

/** @throws Refusal oidc_provider.unknown */
export async function deleteProvider(
  tx: Transaction,
  asked: { reference: string; by: Actor },
): Promise<void> {
  const before = await lockProvider(tx, asked.reference);
  await deleteRow(tx, before.providerId);
  note(tx, { providerId: before.providerId, before, after: null, by: asked.by });
}

/** As the API shows it: without its secret. */
export function showProvider(
  provider: ProviderRow,
  shown: { reference: string; redirectUri: string },
): OidcProvider {
  const { name, issuer, clientId, scopes, isActive, version } = provider;
  const { provisions, defaultRoles, roleClaim, rolesByClaim } = provider;
  const { reference: providerId, redirectUri } = shown;
  const people = { provisions, defaultRoles, roleClaim, rolesByClaim };
  return { providerId, name, issuer, clientId, scopes, isActive, ...people, redirectUri, version };
}

async function lockProvider(tx: Transaction, text: string): Promise<ProviderRow> {
  const reference = readReference(text);
  const provider =
    reference?.tenantId === tx.tenantId
      ? await readProvider(tx, reference.providerId, { lock: true })
      : null;
  if (provider !== null) return provider;
  throw new Refusal("oidc_provider.unknown", "There is no such provider.", { kind: "absent" });
}

async function refuseTakenName(
  tx: Transaction,
  asked: { name: string; providerId: string },
): Promise<void> {
  if (!(await isNameTaken(tx, asked))) return;
  throw new Refusal(
    "oidc_provider.name_taken",
    `There is a provider ${asked.name} already: choose another name.`,
  );
}

// OpenID Connect Discovery 1.0, 3: an issuer is an https URL. One on this machine, as in tests, need not be.
function refuseIssuer(issuer: string, { mayBeInside }: { mayBeInside: boolean }): void {
  const url = new URL(issuer);
  // By number; a name is judged when it is connected to.
  if (!mayBeInside && namesInside(url)) {
    throw new Refusal(
      "oidc_provider.issuer_inside",
      `${url.hostname} lies inside of our network: who runs the installation allows it by OIDC_MAY_BE_INSIDE.`,
      { kind: "invalid" },
    );
  }
  const isHere = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  if (url.protocol === "https:" || isHere) return;
  throw new Refusal("oidc_provider.issuer_not_secure", "The issuer has to begin with https://.", {
    kind: "invalid",
  });
}

/** The sealed secret is masked in the audit trail by its name. */
function note(
  tx: Transaction,
  change: {
    providerId: string;
    before: ProviderRow | null;
    after: ProviderRow | null;
    by: Actor;
  },
): void {
  const { providerId, before, after, by } = change;
  const label = after?.name ?? before?.name ?? providerId;
  recordChange(tx, { objectType: "oidc_provider", objectId: providerId, label, before, after, by });
}

const providersMax = 20;
