/**
 * A rule said no. Expected, with a stable `code` that programs may rely on; for a transition it says
 * where the thing is, what was asked and what would be allowed. It lives here, because the pure
 * domain code of a context may import contracts only, and `platform/http/problem.ts` turns it into
 * the problem+json of `api/problem.ts`.
 */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: string;
  readonly kind: RefusalKind;
  readonly current: string | undefined;
  readonly asked: string | undefined;
  readonly allowed: readonly string[] | undefined;

  constructor(code: string, message: string, detail: RefusalDetail = {}) {
    super(message);
    this.code = code;
    this.kind = detail.kind ?? "refused";
    this.current = detail.current;
    this.asked = detail.asked;
    this.allowed = detail.allowed;
  }
}

/** `refused`: a rule (409) · `absent`: no such thing (404) · `invalid`: the request itself (400). */
export type RefusalKind = "refused" | "absent" | "invalid";

export type RefusalDetail = {
  kind?: RefusalKind;
  current?: string;
  asked?: string;
  allowed?: readonly string[];
};
