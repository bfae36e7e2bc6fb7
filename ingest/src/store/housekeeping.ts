import type pg from "pg";

/** Weeks of partitions made ahead; native partitions only (a hypertable makes its own). */
const weeksAhead = 6;
const deadLettersKept = 100_000;

/** Sign of life, read by core's health: older than 10 s means that ingest is down. */
export async function writeStatus(
  pool: pg.Pool,
  status: { hostId: string; startedTime: Date; detail: object },
): Promise<void> {
  await pool.query(
    `insert into telemetry.ingest_status (host_id, started_time, seen_time, detail)
     values ($1, $2, now(), $3)
     on conflict (host_id) do update
       set started_time = excluded.started_time, seen_time = excluded.seen_time, detail = excluded.detail`,
    [status.hostId, status.startedTime, JSON.stringify(status.detail)],
  );
}

/** Partitions for the weeks to come, and a bound on dead letters. Safe to repeat. */
export async function tidy(pool: pg.Pool): Promise<void> {
  await pool.query("call telemetry.ensure_sample_partitions(current_date, $1)", [weeksAhead]);
  await pool.query(
    `delete from telemetry.dead_letter
      where dead_letter_id <= (select max(dead_letter_id) from telemetry.dead_letter) - $1::bigint`,
    [deadLettersKept],
  );
}
