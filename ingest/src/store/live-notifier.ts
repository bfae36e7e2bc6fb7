import type pg from "pg";

/** NOTIFY telemetry at most this often; the first change after a pause goes out at once. */
const notifyEveryMs = 250;
/** PostgreSQL refuses payloads of 8,000 bytes; a work unit takes 39. */
const unitsPerPayload = 190;

/**
 * Tells core which work units have new live values: channel `telemetry`, JSON `{tenantId, workUnitIds}`.
 * A lost notification costs nothing but time: the values lie in telemetry.last_value.
 */
export class LiveNotifier implements Disposable {
  readonly #pool: pg.Pool;
  readonly #onError: (error: unknown) => void;
  #waiting = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | null = null;
  #sentMs = 0;

  constructor(pool: pg.Pool, onError: (error: unknown) => void) {
    this.#pool = pool;
    this.#onError = onError;
  }

  touch(touched: ReadonlyMap<string, ReadonlySet<string>>): void {
    if (touched.size === 0) return;
    for (const [tenantId, units] of touched) {
      this.#waiting.set(tenantId, (this.#waiting.get(tenantId) ?? new Set()).union(units));
    }
    if (this.#timer !== null) return;
    const wait = Math.max(0, this.#sentMs + notifyEveryMs - performance.now());
    this.#timer = setTimeout(() => this.#send(), wait);
  }

  [Symbol.dispose](): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #send(): void {
    this.#timer = null;
    this.#sentMs = performance.now();
    const payloads = [...this.#waiting].flatMap(([tenantId, units]) => {
      const ids = [...units];
      const count = Math.ceil(ids.length / unitsPerPayload);
      return Array.from({ length: count }, (_, index) =>
        JSON.stringify({
          tenantId,
          workUnitIds: ids.slice(index * unitsPerPayload, (index + 1) * unitsPerPayload),
        }),
      );
    });
    this.#waiting = new Map();
    this.#pool
      .query("select pg_notify('telemetry', payload) from unnest($1::text[]) payload", [payloads])
      .catch(this.#onError);
  }
}
