import type { Context } from "hono";

import { Refusal } from "../../platform/errors.ts";
import { addressOf } from "../../platform/http/address.ts";
import type { Caller } from "../../platform/http/caller.ts";
import { callerOf } from "../../platform/http/permission.ts";
import type { Device } from "./open-session.ts";

/** A caller who is a person in a session, at this address. */
export type Person = Pick<Caller, "tenantId" | "actor" | "name"> & {
  readonly userId: string;
  readonly sessionId: string;
  readonly address: string;
};

/** @throws Refusal session.needed: an API key has no profile */
export function personOfRequest(c: Context): Person {
  const { tenantId, userId, sessionId, actor, name } = callerOf(c);
  if (userId === null || sessionId === null) {
    throw new Refusal("session.needed", "This is for people who are signed in, not for API keys.", {
      kind: "not_permitted",
    });
  }
  return { tenantId, userId, sessionId, actor, name, address: addressOf(c) };
}

export function deviceOf(c: Context): Device {
  return { address: addressOf(c), userAgent: c.req.header("user-agent") ?? "unknown" };
}
