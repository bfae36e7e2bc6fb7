import type { Actor } from "@millwright/contracts/events";

import type { Transaction } from "../../platform/db/transaction.ts";
import { newEvent } from "../../platform/events/new-event.ts";
import { uuidV7 } from "../../platform/ids.ts";
import { insertRefreshToken, insertSession } from "./store/sessions.ts";
import { makeTenantSecret } from "./tenant-secret.ts";

/** Where somebody signs in: as the server sees the address and as the browser calls itself. */
export type Device = { readonly address: string; readonly userAgent: string };

/** A session that was opened or refreshed: what the browser gets besides its access token. */
export type SessionHold = {
  readonly userId: string;
  readonly sessionId: string;
  readonly refreshToken: string;
  /** When the session ends unless it is refreshed. */
  readonly idleEndsTime: Date;
};

/**
 * Opens a session for a user who has proven who they are; every way of signing in ends here. `method` is
 * `password` or the name of an OpenID provider.
 */
export async function openSession(
  tx: Transaction,
  asked: { userId: string; name: string; method: string; device: Device },
  now: Date,
): Promise<SessionHold> {
  const sessionId = uuidV7(now);
  const endsTime = new Date(now.getTime() + sessionMs);
  const idleEndsTime = idleEndOf(now, endsTime);
  const { userId, method, device } = asked;
  const userAgent = device.userAgent.slice(0, userAgentLengthMax);
  const session = { sessionId, userId, method, userAgent, address: device.address };
  await insertSession(tx, { ...session, startedTime: now, idleEndsTime, endsTime });
  tx.emit([
    newEvent("session.opened@1", {
      tenantId: tx.tenantId,
      stream: `user:${userId}`,
      streamVersion: null,
      payload: { userId, sessionId, method },
      actor: personOf({ userId, name: asked.name, sessionId, device }),
    }),
  ]);
  return { userId, sessionId, idleEndsTime, refreshToken: await nextToken(tx, sessionId, now) };
}

/** Gives a session its next refresh token. */
export async function nextToken(tx: Transaction, sessionId: string, now: Date): Promise<string> {
  const { text, sha256 } = await makeTenantSecret("mwr_", tx.tenantId);
  await insertRefreshToken(tx, { sha256, sessionId, issuedTime: now });
  return text;
}

export function idleEndOf(now: Date, endsTime: Date): Date {
  return new Date(Math.min(now.getTime() + idleMs, endsTime.getTime()));
}

export function personOf(person: {
  userId: string;
  name: string;
  sessionId: string;
  device: Device;
}): Actor {
  const { userId, name, sessionId, device } = person;
  return { kind: "person", id: userId, name, sessionId, device };
}

// A person who comes back from two weeks of holiday signs in; after a quarter everybody does.
const idleMs = 14 * 86_400_000;
const sessionMs = 90 * 86_400_000;
const userAgentLengthMax = 300;
