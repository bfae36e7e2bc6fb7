import { readFileSync } from "node:fs";

/** User and system time of a process so far in ms (proc(5), fields 14 and 15, in hundredths of a second). */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** The processes of PostgreSQL that serve a database; those of other databases of the server are not. */
export const backendsQuery =
  "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

/** Processor time in ms that processes spent since `before`; those that are new spent all of theirs. */
export function cpuMsSince(before: ReadonlyMap<number, number>, pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuMsOf(pid) - (before.get(pid) ?? 0), 0);
}

/** What each of these processes has spent by now, for `cpuMsSince`. */
export function cpuMsNow(pids: readonly number[]): Map<number, number> {
  return new Map(pids.map((pid) => [pid, cpuMsOf(pid)]));
}
