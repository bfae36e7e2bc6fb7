import { createHash, randomBytes } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { z } from "zod";

import { writeFileAtomically } from "../atomic-file.ts";

const epochSchema = z.object({
  /** 128 random bits, hex: with the edge node and the offset it names a record for ever. */
  epoch: z.string().regex(/^[0-9a-f]{32}$/),
  /** The place this epoch belongs to; a copy of the folder elsewhere must not number on. */
  place: z.string(),
  /** offset = position in the log − shift. A new epoch begins at offset 1 without moving records. */
  shift: z.int().nonnegative(),
  /** Position up to which the host has stored everything. May lag behind: it is saved now and then. */
  ackedPosition: z.int().nonnegative(),
});
export type Epoch = z.infer<typeof epochSchema>;

/** The saved epoch of a log folder; null when there is none or it cannot be read. */
export async function readEpoch(folder: string): Promise<Epoch | null> {
  try {
    return epochSchema.parse(JSON.parse(await readFile(join(folder, "epoch.json"), "utf8")));
  } catch {
    return null;
  }
}

export async function saveEpoch(folder: string, epoch: Epoch): Promise<void> {
  await writeFileAtomically(join(folder, "epoch.json"), `${JSON.stringify(epoch)}\n`);
}

export function newEpoch(fields: Omit<Epoch, "epoch">): Epoch {
  return { epoch: randomBytes(16).toString("hex"), ...fields };
}

/**
 * Identifies where a log folder lives: the machine, and the folder on it. A copied disk has another
 * machine id; a restored backup or a copied folder has another inode. Both hold an old state of the
 * numbering, and would give offsets away twice.
 */
export async function placeOf(folder: string): Promise<string> {
  const machine = await readFile("/etc/machine-id", "utf8").catch(() => hostname());
  const { ino } = await stat(folder, { bigint: true });
  return createHash("sha256").update(`${machine.trim()} ${ino}`).digest("hex").slice(0, 32);
}
