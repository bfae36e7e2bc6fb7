import {
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
} from "node:fs/promises";
import { basename, join } from "node:path";

import type { Logger } from "pino";

import { syncFolder } from "../atomic-file.ts";
import { type Epoch, newEpoch, placeOf, readEpoch, saveEpoch } from "./epoch.ts";
import { checkSegment, type SegmentCheck, segmentHeader } from "./frame.ts";

/** A file of records; `base` is the position of the first one. */
export type Segment = { path: string; base: number; count: number; bytes: number };

export type Recovered = { epoch: Epoch; segments: Segment[]; quarantinedSegments: number };

/** Damaged files are kept for a person to look at; the oldest go first. */
const quarantinedMax = 8;

/**
 * Brings a log folder into a state that can be appended to, whatever is found in it:
 * - a write that was cut off is truncated; it was never synced, so never sent: the epoch stays;
 * - a damaged segment is kept under `quarantine/`, its intact beginning stays in the log, and the
 *   segments after it move up;
 * - wherever an offset could be given away twice the epoch is renewed, *before* anything is changed,
 *   so that a crash in between only renews it once more.
 *
 * The segments are returned ascending and without holes. @throws when the folder cannot be used.
 */
export async function recoverLog(folder: string, log: Logger): Promise<Recovered> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await checkSegments(folder);
  const saved = await readEpoch(folder);
  const place = await placeOf(folder);
  const reason = reasonToRenew({ saved, place, found });
  const epoch = saved === null || reason !== null ? renew({ saved, place, found }) : saved;
  if (epoch !== saved) {
    log.warn({ reason, epoch: epoch.epoch, previous: saved?.epoch }, "log: a new epoch begins");
    await saveEpoch(folder, epoch);
  }
  const quarantinedSegments = await repair({ folder, found, log });
  const segments = await closeHoles({ folder, found });
  // Only now do positions mean what the renewed epoch's shift says.
  return {
    epoch: { ...epoch, ackedPosition: Math.max(epoch.ackedPosition, epoch.shift) },
    segments,
    quarantinedSegments,
  };
}

/** The name of a segment file: its first position, in 16 digits so that names sort. */
export function segmentPath(folder: string, base: number): string {
  return join(folder, `${String(base).padStart(16, "0")}.seg`);
}

type Checked = { path: string; base: number } & SegmentCheck;

async function checkSegments(folder: string): Promise<Checked[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{16}\.seg$/.test(name)).toSorted();
  const found: Checked[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const check = await readFile(path).then(checkSegment, unreadable);
    found.push({ path, base: Number(name.slice(0, 16)), ...check });
  }
  return found;
}

/** A sector that cannot be read is damage like any other. */
function unreadable(): SegmentCheck {
  return { count: 0, goodBytes: 0, end: "corrupt" };
}

type Findings = { saved: Epoch | null; place: string; found: readonly Checked[] };

function reasonToRenew({ saved, place, found }: Findings): string | null {
  if (saved === null) return found.length === 0 ? "first start" : "epoch.json is lost";
  if (saved.place !== place) return "the log was copied or moved";
  if (found.length === 0) return "the segments are lost";
  if (found.some((segment, index) => isDamaged(segment, index === found.length - 1))) {
    return "a segment is damaged";
  }
  const hasHole = found.some(({ base, count }, index) => {
    const next = found[index + 1];
    return next !== undefined && next.base !== base + count;
  });
  return hasHole ? "a segment is missing" : null;
}

/** A cut end is natural only where writing goes on. */
function isDamaged({ end }: SegmentCheck, isLast: boolean): boolean {
  return end === "corrupt" || (end === "cut" && !isLast);
}

/** Numbers the records that the host has not acked from 1, as the log will lie after the repair. */
function renew({ saved, place, found }: Findings): Epoch {
  const first = found[0]?.base ?? 1;
  const acked = saved?.ackedPosition ?? 0;
  const ackedRecords = found.reduce(
    (sum, { base, count }) => sum + Math.min(count, Math.max(0, acked - base + 1)),
    0,
  );
  return newEpoch({ place, shift: first - 1 + ackedRecords, ackedPosition: 0 });
}

type Repair = { folder: string; found: Checked[]; log: Logger };

async function repair({ folder, found, log }: Repair): Promise<number> {
  let quarantined = 0;
  for (const [index, segment] of found.entries()) {
    if (segment.end === "clean") continue;
    if (isDamaged(segment, index === found.length - 1)) {
      await quarantine(folder, segment.path);
      quarantined += 1;
      log.error(
        { segment: basename(segment.path), intact: segment.count },
        "log: a damaged segment was quarantined; its intact beginning is kept",
      );
    }
    await keepIntact(segment);
  }
  return quarantined;
}

async function quarantine(folder: string, path: string): Promise<void> {
  const place = join(folder, "quarantine");
  await mkdir(place, { recursive: true });
  const copy = join(place, `${Date.now()}-${basename(path)}`);
  // A link needs no space and reads nothing from a failing disk; not every file system has links.
  await link(path, copy).catch(() => copyFile(path, copy));
  const kept = (await readdir(place)).toSorted();
  for (const name of kept.slice(0, -quarantinedMax)) await rm(join(place, name));
}

/** Cuts a segment after its last intact record. */
async function keepIntact(segment: Checked): Promise<void> {
  if (segment.goodBytes === 0) {
    segment.goodBytes = segmentHeader.length;
    await writeEmptySegment(`${segment.path}.new`);
    await rename(`${segment.path}.new`, segment.path);
  } else if (segment.end === "cut") {
    // In place: this is what a power cut on a full disk leaves, and it must not need space.
    await truncate(segment.path, segment.goodBytes);
    await syncFile(segment.path);
  } else {
    // The quarantined file may be a link to this one, so this one must become another.
    await copyFile(segment.path, `${segment.path}.new`);
    await truncate(`${segment.path}.new`, segment.goodBytes);
    await syncFile(`${segment.path}.new`);
    await rename(`${segment.path}.new`, segment.path);
  }
}

/** A segment without records, synced. Its name is durable only once the folder is synced too. */
export async function writeEmptySegment(path: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(segmentHeader);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Moves segments up behind one another, each into a free place; empty ones in between are removed. */
async function closeHoles({ folder, found }: Omit<Repair, "log">): Promise<Segment[]> {
  const segments: Segment[] = [];
  let base = found[0]?.base ?? 1;
  for (const [index, { path, count, goodBytes }] of found.entries()) {
    if (count === 0 && index < found.length - 1) {
      await rm(path);
      continue;
    }
    const target = segmentPath(folder, base);
    if (path !== target) await rename(path, target);
    segments.push({ path: target, base, count, bytes: goodBytes });
    base += count;
  }
  if (segments.length === 0) {
    const path = segmentPath(folder, base);
    await writeEmptySegment(path);
    segments.push({ path, base, count: 0, bytes: segmentHeader.length });
  }
  await syncFolder(folder);
  return segments;
}
