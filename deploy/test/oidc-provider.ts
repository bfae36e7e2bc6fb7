import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

import { freePort } from "./plant.ts";

export type TestPerson = Record<string, unknown> & { sub: string };

/** A real OpenID provider on loopback, whose people are made up. Password: none. */
export class TestOidcProvider implements AsyncDisposable {
  readonly issuer: string;
  readonly clientId = "millwright";
  readonly clientSecret = "a client secret of tests, long enough";
  /** Added to its clock, ms. */
  skewMs = 0;
  readonly #port: number;
  readonly #people = new Map<string, TestPerson>();
  #redirectUri = "";
  #server: ReturnType<typeof createServer> | null = null;

  static async on(port?: number): Promise<TestOidcProvider> {
    return new TestOidcProvider(port ?? (await freePort()));
  }

  private constructor(port: number) {
    this.#port = port;
    this.issuer = `http://127.0.0.1:${port}`;
  }

  knows(...people: readonly TestPerson[]): void {
    for (const person of people) this.#people.set(person.sub, person);
  }

  /** Serves; a second time with other keys. */
  async start(redirectUri = this.#redirectUri): Promise<void> {
    await this.stop();
    this.#redirectUri = redirectUri;
    const provider = new Provider(this.issuer, {
      clients: [
        {
          client_id: this.clientId,
          client_secret: this.clientSecret,
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: "client_secret_post",
        },
      ],
      claims: { openid: ["sub", "groups"], email: ["email", "email_verified"], profile: ["name"] },
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => this.#people.get(id) ?? { sub: id },
      }),
      jwks: { keys: [newKey()] },
      cookies: { keys: [randomUUID()] },
    });
    provider.use(async (_: unknown, next: () => Promise<void>) => {
      const now = Date.now;
      Date.now = () => now() + this.skewMs;
      try {
        await next();
      } finally {
        Date.now = now;
      }
    });
    const answer = provider.callback();
    const server = createServer((request, response) => void answer(request, response));
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  /** What a person does in the browser there; returns where it sends them back to. */
  async signIn(authorizationUrl: string, sub: string): Promise<URL> {
    const cookies = new Map<string, string>();
    let next = await ask(authorizationUrl, cookies);
    // Login and consent, each a page and a redirect or two.
    for (let step = 0; step < 10; step += 1) {
      if (next.href.startsWith(this.#redirectUri)) return next;
      const isPage = /\/interaction\/[^/]+$/.test(next.pathname);
      if (!isPage) {
        next = await ask(next.href, cookies);
        continue;
      }
      const html = await (await fetch(next, { headers: cookieHeader(cookies) })).text();
      const prompt = /name="prompt" value="(\w+)"/.exec(html)?.[1] ?? "login";
      const form = new URLSearchParams({ prompt, login: sub, password: "any" });
      next = await ask(next.href, cookies, form);
    }
    throw new Error(`the provider does not send back: ${next.href}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

function newKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = privateKey.export({ format: "jwk" });
  return { ...jwk, kty: "RSA" as const, kid: randomUUID(), use: "sig", alg: "RS256" };
}

async function ask(url: string, cookies: Map<string, string>, form?: URLSearchParams) {
  const answer = await fetch(url, {
    redirect: "manual",
    headers: cookieHeader(cookies),
    ...(form && { method: "POST", body: form }),
  });
  for (const set of answer.headers.getSetCookie()) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value === "") cookies.delete(name);
    else cookies.set(name, value);
  }
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return new URL(location, url);
}

function cookieHeader(cookies: ReadonlyMap<string, string>): { cookie: string } {
  return { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
}
