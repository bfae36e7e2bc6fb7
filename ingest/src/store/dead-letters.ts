import type { DeadLetter } from "../session/messages.ts";
import { withoutZeroBytes } from "../session/plausible.ts";
import type { Client } from "./database.ts";

/** What `telemetry.dead_letter` keeps of a message. */
const deadLetterBytesMax = 65_536;

export async function insertDeadLetters(
  client: Client,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  await client.query(
    `insert into telemetry.dead_letter (tenant_id, topic, reason, payload, bytes_total)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::integer[])`,
    [
      letters.map(({ tenantId }) => tenantId),
      letters.map(({ topic }) => withoutZeroBytes(topic.slice(0, 1000))),
      letters.map(({ reason }) => withoutZeroBytes(reason.slice(0, 1000))),
      letters.map(({ payload }) => Buffer.from(payload.subarray(0, deadLetterBytesMax))),
      letters.map(({ payload }) => payload.length),
    ],
  );
}
