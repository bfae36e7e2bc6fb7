import type { EventToEmit } from "@millwright/contracts/events";

import type { Client } from "./database.ts";

/** The last statement before commit: it holds the log's lock until then (decision 5). */
export async function emitEvents(client: Client, events: readonly EventToEmit[]): Promise<void> {
  if (events.length === 0) return;
  await client.query("select platform.emit($1::jsonb)", [JSON.stringify(events)]);
}
