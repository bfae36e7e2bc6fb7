import type { Session } from "@millwright/contracts/api";
import { iso8601Schema } from "@millwright/contracts/units";

import type { OpenSession } from "./store/sessions.ts";

/** As the API shows a session; `currentId` is the one that asks. */
export function showSession(row: OpenSession, currentId: string | null): Session {
  const { sessionId, method, userAgent, address } = row;
  return {
    sessionId,
    isCurrent: sessionId === currentId,
    method,
    userAgent,
    address,
    startedTime: instantOf(row.startedTime),
    lastSeenTime: instantOf(row.lastSeenTime),
    endsTime: instantOf(row.endsTime),
  };
}

export function instantOf(time: Date) {
  return iso8601Schema.parse(time.toISOString());
}
