import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { writeFileAtomically } from "../atomic-file.ts";

/**
 * The birth/death sequence number of the next CONNECT: 0 to 255, one more each time, also across
 * restarts, so that a late will can be told from the present session's.
 * Sparkplug 3.0 tck-id-message-flow-edge-node-birth-publish-will-message-payload-bdSeq
 */
export async function nextBdSeq(dataDir: string): Promise<number> {
  const path = join(dataDir, "bdseq");
  const text = await readFile(path, "utf8").catch(() => "");
  const last = /^\d{1,3}\n$/.test(text) ? Number(text) : -1;
  const next = (last + 1) % 256;
  // On disk before it is used: a crash may skip a number, never use one twice.
  await writeFileAtomically(path, `${next}\n`);
  return next;
}
