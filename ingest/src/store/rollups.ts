import type pg from "pg";

import type { RollupMarks } from "../derive/rollup-marks.ts";
import type { Client } from "./database.ts";

/** Marks what a batch touched; belongs into the transaction of its samples. */
export async function markRollups(client: Client, marks: RollupMarks): Promise<void> {
  const { metricIds, minutes } = marks.columns();
  if (metricIds.length === 0) return;
  await client.query({
    name: "mark_rollups",
    text: "insert into telemetry.rollup_mark (metric_ids, minutes) values ($1::bigint[], $2::integer[])",
    values: [metricIds, minutes],
  });
}

/**
 * Folds what was marked when it began into the roll-ups by minute and by hour. What live batches mark
 * meanwhile waits for the next call: else the minute of now would be folded again and again for as long
 * as something comes. Another process that is at it does it instead. @returns minutes folded; what is
 * left after `roundsMax` rounds waits too.
 */
export async function rollUp(pool: pg.Pool): Promise<number> {
  const begun = await marked(pool);
  let folded = 0;
  for (let round = 0; round < roundsMax; round += 1) {
    const { rows } = await pool.query<{ due: number }>("select telemetry.roll_up($1) as due", [
      bucketsAtOnce,
    ]);
    const due = rows[0]?.due ?? 0;
    folded += due;
    if (due === 0 || (await marked(pool)).oldest > begun.newest) break;
  }
  return folded;
}

// A round of some hundred milliseconds, so that other statements of the pool do not wait for it.
const bucketsAtOnce = 5000;
const roundsMax = 50;

/** Ids of the oldest and the newest mark; Infinity and 0 when nothing is marked. */
async function marked(pool: pg.Pool): Promise<{ oldest: number; newest: number }> {
  const { rows } = await pool.query<{ oldest: string | null; newest: string | null }>(
    `select min(rollup_mark_id) as oldest, max(rollup_mark_id) as newest
       from telemetry.rollup_mark`,
  );
  return { oldest: Number(rows[0]?.oldest ?? Infinity), newest: Number(rows[0]?.newest ?? 0) };
}
