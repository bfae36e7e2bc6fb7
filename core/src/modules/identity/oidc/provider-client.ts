import * as oidc from "openid-client";

import { Refusal } from "../../../platform/errors.ts";
import { fetchOutside } from "../../../platform/outside/fetch-outside.ts";

/** What is asked of a provider, with its secret in clear. */
export type ProviderLogin = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

/** One sign-in between leaving and coming back. */
export type Flow = {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
};

/** What a provider says of a person, its ID token checked: issuer, audience, signature, time and nonce. */
export type Person = {
  readonly subject: string;
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly name: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
};

/**
 * Speaks OpenID Connect with providers: authorization code flow with PKCE (RFC 7636), state and nonce.
 * What a provider says of itself (its discovery document) is kept for an hour, its keys are not.
 */
export class ProviderClient {
  readonly #fetch: oidc.CustomFetch;
  readonly #kept = new Map<string, { metadata: Promise<oidc.ServerMetadata>; untilMs: number }>();

  /** `mayBeInside`: whether providers may be at addresses of our own network. */
  constructor({ mayBeInside }: { mayBeInside: boolean }) {
    this.#fetch = fetchOutside({ mayBeInside });
  }

  async newFlow(): Promise<Flow> {
    return {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
  }

  /** Where to send the browser. @throws Refusal oidc.provider_unreachable */
  async authorizationUrl(
    login: ProviderLogin,
    flow: Flow,
    asked: { redirectUri: string; scopes: string },
  ): Promise<URL> {
    const config = await this.#configOf(login);
    return oidc.buildAuthorizationUrl(config, {
      redirect_uri: asked.redirectUri,
      scope: asked.scopes,
      state: flow.state,
      nonce: flow.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
      code_challenge_method: "S256",
    });
  }

  /**
   * Who came back, by the URL the browser came back to.
   * @throws Refusal oidc.provider_unreachable · oidc.declined · oidc.not_valid, for whatever is wrong with
   * state, code or token
   */
  async personOf(login: ProviderLogin, flow: Flow, callback: URL): Promise<Person> {
    const config = await this.#configOf(login);
    try {
      const tokens = await oidc.authorizationCodeGrant(config, callback, {
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error("there is no ID token");
      // OpenID Connect Core 1.0, 5.4: the address may come from the UserInfo endpoint only.
      if (
        claims["email"] !== undefined ||
        config.serverMetadata().userinfo_endpoint === undefined
      ) {
        return toPerson(claims);
      }
      const more = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      return toPerson({ ...more, ...claims });
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /**
   * A configuration of its own for each use, so that keys are fetched with each token: a key that the
   * provider took back counts no more, and one it has just begun to use is known.
   */
  async #configOf(login: ProviderLogin): Promise<oidc.Configuration> {
    const kept = this.#kept.get(login.issuer);
    const isFresh = kept !== undefined && kept.untilMs > performance.now();
    const metadata = isFresh ? kept.metadata : this.#discover(login);
    try {
      return configured(structuredClone(await metadata), login, this.#fetch);
    } catch (cause) {
      this.#kept.delete(login.issuer);
      throw unreachable(cause);
    }
  }

  #discover(login: ProviderLogin): Promise<oidc.ServerMetadata> {
    const { issuer } = login;
    const metadata = discover(login, this.#fetch);
    this.#kept.delete(issuer);
    this.#kept.set(issuer, { metadata, untilMs: performance.now() + keptMs });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > keptMax && oldest !== undefined) this.#kept.delete(oldest);
    return metadata;
  }
}

async function discover(
  { issuer, clientId }: ProviderLogin,
  fetch: oidc.CustomFetch,
): Promise<oidc.ServerMetadata> {
  const url = new URL(issuer);
  const options = {
    timeout: timeoutS,
    [oidc.customFetch]: fetch,
    execute: isLoopback(url) ? [oidc.allowInsecureRequests] : [],
  };
  const config = await oidc.discovery(url, clientId, undefined, undefined, options);
  return config.serverMetadata();
}

function configured(
  metadata: oidc.ServerMetadata,
  login: ProviderLogin,
  fetch: oidc.CustomFetch,
): oidc.Configuration {
  const config = new oidc.Configuration(
    metadata,
    login.clientId,
    { client_secret: login.clientSecret, [oidc.clockTolerance]: clockToleranceS },
    oidc.ClientSecretPost(login.clientSecret),
  );
  config.timeout = timeoutS;
  // What a provider says of itself may name any address as its endpoint.
  config[oidc.customFetch] = fetch;
  // The signature is checked though the token comes straight from the provider.
  oidc.enableNonRepudiationChecks(config);
  // A provider on this machine, as in tests, needs no TLS; every other one does.
  if (isLoopback(new URL(login.issuer))) oidc.allowInsecureRequests(config);
  return config;
}

function toPerson(claims: oidc.IDToken | oidc.UserInfoResponse): Person {
  const { email, name } = claims;
  return {
    subject: claims.sub,
    email: typeof email === "string" ? email : null,
    isEmailVerified: claims["email_verified"] === true,
    name: typeof name === "string" && name.trim() !== "" ? name.trim() : null,
    claims,
  };
}

/** @see ProviderClient.personOf */
function asRefusal(cause: unknown): Refusal {
  // The provider answered the browser: the person said no, or may not.
  if (cause instanceof oidc.AuthorizationResponseError) {
    return refusal("oidc.declined", "The provider did not let you in.", cause);
  }
  if (cause instanceof TypeError || hasCode(cause, "OAUTH_TIMEOUT")) return unreachable(cause);
  return refusal("oidc.not_valid", "This sign-in is not valid. Start again.", cause);
}

function unreachable(cause: unknown): Refusal {
  return refusal("oidc.provider_unreachable", "The provider does not answer as it should.", cause);
}

function refusal(code: string, message: string, cause: unknown): Refusal {
  const made = new Refusal(code, message);
  made.cause = cause;
  return made;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function isLoopback({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
}

const keptMs = 3_600_000;
// One per issuer, a few KB each.
const keptMax = 100;
const timeoutS = 5;
// Clocks of servers differ by seconds; a minute is what the standard's libraries allow.
const clockToleranceS = 60;
