import { runMigrations } from "bullmq";

import { queueName } from "./engine.ts";

/** The part of a connection that is needed; deploy opens it as the owner. */
type Connection = Parameters<typeof runMigrations>[0];

/**
 * Brings schema `bullmq` to the version of the installed BullMQ: its own migrations, and what the
 * serving roles may not make themselves. Safe to run again and by several at once.
 */
export async function migrateJobQueue(owner: Connection): Promise<void> {
  await runMigrations(owner, "bullmq");
  // Added in bulk, jobs with ids of their own still want the queue's sequence, made on first use.
  const { rows } = await owner.query<{ name: string }>(
    "select quote_ident(bullmq.job_id_seq_name($1)) as name",
    [queueName],
  );
  await owner.query(`create sequence if not exists bullmq.${rows[0]?.name ?? ""}`);
  await owner.query(`
    create index if not exists job_by_owner
      on bullmq.job (queue, (data ->> 'tenantId'), added_at_ms desc, id collate "C" desc)`);
}
