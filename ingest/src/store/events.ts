import type { EventToEmit } from "@millwright/contracts/events";

import { inSpan, traceparent } from "../observe/trace.ts";
import type { Client } from "./database.ts";

/** The last statement before commit: it holds the log's lock until then (decision 5). */
export async function emitEvents(client: Client, events: readonly EventToEmit[]): Promise<void> {
  if (events.length === 0) return;
  const trace = traceparent();
  const traced = trace === null ? events : events.map((event) => ({ ...event, trace }));
  await inSpan("sql select platform.emit", {}, () =>
    client.query({
      name: "emit_events",
      text: "select platform.emit($1::jsonb)",
      values: [JSON.stringify(traced)],
    }),
  );
}
