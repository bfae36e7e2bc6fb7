import type { TenantId } from "@millwright/contracts/units";

import { Fault } from "../errors.ts";

/** Another process digested these events already: nothing is saved, read the cursor again. */
export class CursorMoved extends Error {
  override readonly name = "CursorMoved";

  constructor(subscription: string) {
    super(`the cursor of ${subscription} was moved by another process`);
  }
}

/** Event after event fails: the subscriber is what is broken, so it waits instead of parking the log. */
export class SubscriberStalled extends Error {
  override readonly name = "SubscriberStalled";

  /** At whose event it stands, and after which position. */
  readonly at: { tenantId: TenantId; cursor: bigint };

  constructor(
    reason: string,
    options: { cause?: unknown; at: { tenantId: TenantId; cursor: bigint } },
  ) {
    super(reason, options);
    this.at = options.at;
  }
}

/** Whether the same events may be digested when the same is tried again: then no event is to blame. */
export function isOfTheWorld(error: unknown): boolean {
  if (error instanceof CursorMoved || error instanceof SubscriberStalled) return true;
  return error instanceof Fault ? error.isRetryable : isConflict(error);
}

function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "concurrent_change";
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
