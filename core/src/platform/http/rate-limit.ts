import type { MiddlewareHandler } from "hono";

import type { Clock } from "../clock.ts";
import { Refusal } from "../errors.ts";
import { addressOf } from "./address.ts";
import { callerOrNull } from "./permission.ts";

/** How many requests: at once after a pause, and per second from then on. */
export type Allowance = { burst: number; perS: number };

/**
 * A bucket of tokens per caller. Keeps at most 10,000 callers: whoever has not asked for longest is
 * forgotten first and begins with a full bucket again.
 */
export class RateLimit {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, { tokens: number; time: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a token. Answers 0, or the seconds until there is one again. */
  take(key: string, { burst, perS }: Allowance): number {
    const time = this.#clock.now().getTime();
    const bucket = this.#buckets.get(key) ?? { tokens: burst, time };
    const earned = (Math.max(0, time - bucket.time) / 1000) * perS;
    bucket.tokens = Math.min(burst, bucket.tokens + earned);
    bucket.time = time;
    // Set anew, so that the map's order is the order of the last request.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    this.#forget();
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perS));
    bucket.tokens -= 1;
    return 0;
  }

  get size(): number {
    return this.#buckets.size;
  }

  #forget(): void {
    if (this.#buckets.size <= bucketsMax) return;
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

const bucketsMax = 10_000;

/**
 * Limits callers, and addresses where nobody is signed in. Goes after the caller is known.
 * @throws Refusal request.too_many
 */
export function rateLimit(
  deps: { clock: Clock },
  allowed: { caller: Allowance; address: Allowance } = allowances,
): MiddlewareHandler {
  const limit = new RateLimit(deps.clock);
  return async (c, next) => {
    const caller = callerOrNull(c);
    const waitS =
      caller === null
        ? limit.take(`address ${addressOf(c)}`, allowed.address)
        : limit.take(`${caller.userId ?? caller.apiKeyId}`, allowed.caller);
    if (waitS === 0) return next();
    throw new Refusal("request.too_many", `Too many requests. Wait ${waitS} s.`, {
      kind: "too_many",
      retryAfterS: waitS,
    });
  };
}

// A screen asks about 5 times a second and a program that loads masters 100 times; a whole shift of
// tablets may stand behind one address before they sign in.
const allowances = {
  caller: { burst: 1_000, perS: 200 },
  address: { burst: 300, perS: 50 },
};
