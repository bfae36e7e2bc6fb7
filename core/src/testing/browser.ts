import type { Me, SignedIn } from "@millwright/contracts/api";

import type { App } from "../app.ts";

/** What a browser does about signing in: keeps cookies, says where it comes from, parses problems. */
export class TestBrowser {
  readonly #app: App;
  readonly #cookies = new Map<string, string>();
  readonly #address: string;
  /** Of the last answer. */
  headers = new Headers();

  constructor(app: App, address = "192.0.2.1") {
    this.#app = app;
    this.#address = address;
  }

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the test expects, checked by its assertions
  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: T }> {
    const answer = await this.raw(method, path, body, headers);
    return { status: answer.status, body: (await answer.json()) as T };
  }

  /** A header of "" is left out. */
  async raw(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const connection = { incoming: { socket: { remoteAddress: this.#address } } };
    const request = {
      method,
      headers: {
        "user-agent": "Test browser",
        "sec-fetch-site": "same-origin",
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    for (const name of Object.keys(headers)) {
      if (headers[name] === "") Reflect.deleteProperty(request.headers, name);
    }
    const answer = await this.#app.api.request(path, request, connection);
    this.headers = answer.headers;
    for (const set of answer.headers.getSetCookie()) this.#store(set);
    return answer;
  }

  async signIn(asked: { email: string; password: string; code?: string }): Promise<SignedIn> {
    const { status, body } = await this.call<SignedIn>("POST", "/api/auth/sign-in", asked);
    if (status !== 200) throw new Error(`sign-in: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  me(): Promise<{ status: number; body: Me }> {
    return this.call<Me>("GET", "/api/me");
  }

  #store(set: string): void {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (/max-age=0(;|$)/i.test(set)) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
