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
  readonly retryAfterS: number | undefined;

  constructor(code: string, message: string, detail: RefusalDetail = {}) {
    super(message);
    this.code = code;
    this.kind = detail.kind ?? "refused";
    this.current = detail.current;
    this.asked = detail.asked;
    this.allowed = detail.allowed;
    this.retryAfterS = detail.retryAfterS;
  }
}

/**
 * `refused`: a rule (409) · `absent`: no such thing (404) · `invalid`: the request itself (400) ·
 * `not_signed_in` (401) · `not_permitted` (403) · `changed`: since it was read, If-Match (412) ·
 * `too_many`: of these in a short time (429, Retry-After).
 */
export type RefusalKind =
  | "refused"
  | "absent"
  | "invalid"
  | "not_signed_in"
  | "not_permitted"
  | "changed"
  | "too_many";

export type RefusalDetail = {
  kind?: RefusalKind;
  current?: string;
  asked?: string;
  allowed?: readonly string[];
  /** For `too_many`: seconds until it is worth asking again. */
  retryAfterS?: number;
};
