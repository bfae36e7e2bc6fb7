import type { TenantId } from "@millwright/contracts/units";
import { sql } from "kysely";

import { ArchiveFolder } from "../../../platform/archive-folder.ts";
import { runInChild } from "../../../platform/child/run-in-child.ts";
import type { Database } from "../../../platform/db/database.ts";
import type { Transaction } from "../../../platform/db/transaction.ts";
import type { Production } from "../../production/index.ts";
import {
  deleteArchivedDay,
  hasArchive,
  insertMachineTimeDay,
  loadArchivedDay,
  loadArchivedDays,
  loadDroppedMetrics,
  loadDueSampleDays,
  outdateArchivedDay,
  type SettledDay,
  settleSampleDay,
} from "../store/archive-files.ts";
import { type Dataset, datasets, postgresChecksum } from "./datasets.ts";
import type { Failures } from "./failures.ts";
import { rowsOfDay } from "./rows.ts";
import type { DayToWrite, WrittenDay } from "./write-day.ts";

export type ArchiveDeps = {
  db: Database;
  production: Pick<Production, "machineTimeDays" | "forgetMachineTime">;
  /** Where the files are. */
  folder: string;
  newId: () => string;
  signal: AbortSignal;
  /** Days that could not be written; the others are. */
  failures: Failures;
  /** Told after each step of each day: what a test interrupts. */
  onStep?: ((step: string) => void) | undefined;
};

/**
 * Writes closed days that are not archived as they are now, oldest first: file, proof, name, manifest
 * row, in this order, so that whatever dies leaves the rows. Safe to repeat and to run twice at a time.
 * @returns days written.
 */
export async function archiveSamples(
  deps: ArchiveDeps,
  tenantId: TenantId,
  before: string,
): Promise<number> {
  const due = await deps.db.inTenant(tenantId, (tx) =>
    loadDueSampleDays(tx, { before, limit: daysAtOnce }),
  );
  let days = 0;
  for (const { day, file } of due) {
    const isDone = await deps.failures.guard(`readings of ${day} of tenant ${tenantId}`, () =>
      archiveSampleDay(deps, tenantId, { day, file }),
    );
    if (isDone) days += 1;
  }
  return days;
}

async function archiveSampleDay(
  deps: ArchiveDeps,
  tenantId: TenantId,
  { day, file }: { day: string; file: string | null },
): Promise<void> {
  const metricIds = await deps.db.inTenant(tenantId, (tx) => loadDroppedMetrics(tx, day));
  const kept = file === null ? null : { file, metricIds };
  if (file !== null && metricIds.length > 0) await mustBeThere(deps, tenantId, { day, file });
  const written = await writeDay(deps, { tenantId, dataset: "sample", day, kept });
  const isSettled = await deps.db.inTenant(tenantId, (tx) => settleSampleDay(tx, written));
  deps.onStep?.("settled");
  await sweep(deps, tenantId, {
    dataset: "sample",
    day,
    unsettled: isSettled ? file : written.file,
  });
}

/** @throws Error when the only file of rows that left the database is away or another one. */
async function mustBeThere(
  { db, folder }: ArchiveDeps,
  tenantId: TenantId,
  { day, file }: { day: string; file: string },
): Promise<void> {
  const named = await db.inTenant(tenantId, (tx) =>
    loadArchivedDay(tx, { dataset: "sample", day }),
  );
  // Another process has replaced it meanwhile, and settling will say so.
  if (named?.file !== file) return;
  const { bytes } = named;
  const found = await new ArchiveFolder(folder).sizeOf(file);
  if (found === Number(bytes)) return;
  throw new Error(
    `the archive file ${file} ${found === null ? "is not there" : `has ${found} bytes instead of ${bytes}`}, ` +
      "and it holds readings that are nowhere else: put it back into ARCHIVE_DIR, from the backup if need be",
  );
}

/**
 * Moves machine time of days before `before` out of the database. It is older than any late reading can
 * be, so that it never changes again; were it to, the day stays where it is.
 */
export async function archiveMachineTime(
  deps: ArchiveDeps,
  tenantId: TenantId,
  before: string,
): Promise<number> {
  const due = await deps.db.inTenant(tenantId, async (tx) => {
    const known = await loadArchivedDays(tx, { dataset: "machine_time", isDropped: true });
    const days = await deps.production.machineTimeDays(tx, { before, limit: machineDaysMax });
    return days.filter((day) => !known.some((one) => one.day === day)).slice(0, daysAtOnce);
  });
  for (const day of due) {
    const written = await writeDay(deps, { tenantId, dataset: "machine_time", day, kept: null });
    const isMoved = await deps.db.inTenant(tenantId, async (tx) => {
      if ((await checksumOf(tx, "machine_time", day)) !== written.checksum) return false;
      await insertMachineTimeDay(tx, written);
      await deps.production.forgetMachineTime(tx, day);
      return true;
    });
    deps.onStep?.("settled");
    if (isMoved) continue;
    await sweep(deps, tenantId, { dataset: "machine_time", day, unsettled: written.file });
    // The days after it may only go when this one has gone.
    break;
  }
  return due.length;
}

async function writeDay(
  { db, folder, newId, signal, onStep }: ArchiveDeps,
  asked: Pick<DayToWrite, "tenantId" | "dataset" | "day" | "kept">,
): Promise<SettledDay> {
  const { tenantId, dataset, day } = asked;
  const file = `${folderOf(tenantId, dataset, day)}/${newId()}.parquet`;
  const input: DayToWrite = { ...asked, databaseUrl: db.url, folder, file };
  const written = await runInChild<WrittenDay>(new URL("./write-day.ts", import.meta.url), input, {
    signal,
    timeoutMs: dayTimeoutMs,
    heapMb,
    ...(onStep === undefined ? {} : { onStep }),
  });
  return { day, file, ...written };
}

/** Hive layout: engines that read the folder see tenant and day as columns. */
function folderOf(tenantId: string, dataset: Dataset["name"], day: string): string {
  return `${dataset}/tenant=${tenantId}/day=${day}`;
}

async function checksumOf(tx: Transaction, name: Dataset["name"], day: string): Promise<string> {
  const { rows } = await sql<{ checksum: string }>`
    select ${sql.raw(postgresChecksum(datasets[name].postgresCheck))} as checksum
      from (${rowsOfDay(name, day)}) rows`.execute(tx.over());
  return rows[0]?.checksum ?? "0";
}

/**
 * Removes the file that was replaced, or could not be settled, and those that a process left behind when
 * it died: a day old, named by no manifest row, and older than the file that is there for their day.
 */
async function sweep(
  { db, folder }: ArchiveDeps,
  tenantId: TenantId,
  asked: { dataset: Dataset["name"]; day: string; unsettled: string | null },
): Promise<void> {
  const files = new ArchiveFolder(folder);
  if (asked.unsettled !== null) await files.remove(asked.unsettled);
  const place = folderOf(tenantId, asked.dataset, asked.day);
  const valid = await db.inTenant(tenantId, (tx) => loadArchivedDay(tx, asked));
  if (valid === null || (await files.sizeOf(valid.file)) !== Number(valid.bytes)) return;
  const newest = Math.min(madeMs(valid.file.slice(place.length + 1)), Date.now() - leftBehindMs);
  for (const name of await files.list(place)) {
    if (madeMs(name) < newest) await files.remove(`${place}/${name}`);
  }
}

/** UUID v7: its first 48 bits are the epoch milliseconds it was made. */
function madeMs(name: string): number {
  return Number.parseInt(name.replaceAll("-", "").slice(0, 12), 16);
}

/**
 * Makes sure that the folder is the one the manifests speak of, before anything relies on it: marks it for
 * tenants that are new in it, removes what dead processes staged, and has lost files made again.
 * @throws Error when a tenant has archived days and the folder does not carry its mark: it is another one.
 */
export async function openArchive(
  deps: Pick<ArchiveDeps, "db" | "folder">,
  tenantIds: readonly TenantId[],
): Promise<void> {
  const files = new ArchiveFolder(deps.folder);
  const unmarked = [];
  for (const tenantId of tenantIds) {
    const mark = `tenant=${tenantId}`;
    if ((await files.sizeOf(mark)) !== null) continue;
    unmarked.push(mark);
    if (!(await deps.db.inTenant(tenantId, hasArchive))) continue;
    throw new Error(
      `ARCHIVE_DIR (${deps.folder}) is not the folder that days were archived to: it has no file ${mark}. ` +
        "Nothing was archived or dropped. Mount or restore the folder, or, if it is the right one, create that file empty.",
    );
  }
  for (const mark of unmarked) await files.mark(mark);
  await removeStaged(files);
  for (const tenantId of tenantIds) await forgetLostFiles(deps, tenantId);
}

/** Their names end with that of the file they were to be; a day ago nobody is still at work on one. */
async function removeStaged(files: ArchiveFolder): Promise<void> {
  for (const name of await files.list("staging")) {
    const id = /([0-9a-f-]{36})\.parquet/u.exec(name)?.[1];
    if (id !== undefined && madeMs(id) < Date.now() - leftBehindMs)
      await files.remove(`staging/${name}`);
  }
}

/**
 * A manifest row whose file somebody took away: while all its rows are still here, it is made again.
 * Otherwise it counts as not archived, so that nothing more of that day goes, until the file is back.
 */
async function forgetLostFiles(
  { db, folder }: Pick<ArchiveDeps, "db" | "folder">,
  tenantId: TenantId,
): Promise<void> {
  const files = new ArchiveFolder(folder);
  const held = await db.inTenant(tenantId, (tx) =>
    loadArchivedDays(tx, { dataset: "sample", isDropped: false }),
  );
  for (const { day, file, bytes } of held) {
    if ((await files.sizeOf(file)) === Number(bytes)) continue;
    await db.inTenant(tenantId, async (tx) => {
      const left = await loadDroppedMetrics(tx, day);
      if (left.length > 0) await outdateArchivedDay(tx, day);
      else await deleteArchivedDay(tx, day);
    });
  }
}

// Two months a night catch up with any past; a day of a large plant takes minutes.
const daysAtOnce = 62;
const machineDaysMax = 5000;
const dayTimeoutMs = 30 * 60_000;
/** JavaScript's part of the child; DuckDB's is bounded beside it (write-day.ts). */
const heapMb = 256;
const leftBehindMs = 86_400_000;
