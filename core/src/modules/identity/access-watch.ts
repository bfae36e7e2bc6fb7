import type { LoggedEvent } from "@millwright/contracts/events";
import { type TenantId, tenantIdSchema } from "@millwright/contracts/units";

import { Broadcast } from "../../platform/events/broadcast.ts";
import { payloadOf } from "../../platform/events/log.ts";
import type { Platform } from "../../platform/platform.ts";
import type { Callers, ChangedAccess } from "./callers.ts";

export type AccessChange = ChangedAccess & { tenantId: TenantId };

type Deps = {
  platform: Platform;
  callers: Callers;
  onChange: (change: AccessChange) => void;
};

/**
 * Hears in every process what changed about users, sessions and keys, whichever process changed it, and
 * makes `callers` forget it. When notices were lost, all is forgotten.
 */
export class AccessWatch {
  readonly #deps: Deps;
  #broadcast: AsyncDisposable | null = null;
  #off: (() => void) | null = null;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { db, listener, log } = this.#deps.platform;
    this.#off = listener.onReconnect(() => this.#deps.callers.forgetAll());
    this.#broadcast = await db.everywhere(async (home) => {
      const hear = (events: readonly LoggedEvent[]) => this.#hear(events);
      const broadcast = new Broadcast(["access.changed@1"], hear, { ...home, log });
      await broadcast.start();
      return broadcast;
    });
  }

  #hear(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      const tenantId = tenantIdSchema.parse(event.tenantId);
      const { userId, sessionId, apiKeyId } = payloadOf("access.changed@1", event);
      const changed = { userId, sessionId, apiKeyId };
      this.#deps.callers.forget(tenantId, changed);
      this.#deps.onChange({ tenantId, ...changed });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#off?.();
    await this.#broadcast?.[Symbol.asyncDispose]();
  }
}
