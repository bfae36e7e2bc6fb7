import { linkSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { z } from "zod";

import { parseFrame, segmentHeader } from "../../edge-agent/src/log/frame.ts";
import { decodeRecord } from "../../edge-agent/src/publish/log-record.ts";

/** One value that was recorded on the gateway's disk. `value` null: a bad reading without one. */
export type RecordedReading = { metric: string; timeMs: number; value: number | null };
export type RecordedOffset = { offset: number; readings: RecordedReading[] };

const epochSchema = z.object({ epoch: z.string(), shift: z.int() });
const aliasesSchema = z.object({
  entries: z.array(z.object({ alias: z.int(), deviceId: z.string().nullable(), name: z.string() })),
});

/**
 * What an edge agent really recorded, read from its disk and not asked from it: each segment of the
 * log gets a second name before the agent can delete it, so nothing it drops or trims is forgotten.
 * Both folders must lie on one file system.
 */
export class EdgeTruth {
  readonly #dataDir: string;
  readonly #kept: string;
  readonly #segments = new Map<string, { bytes: number; records: RecordedOffset[] }>();
  readonly #epochs = new Set<string>();

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
    this.#kept = join(dataDir, "kept");
    mkdirSync(this.#kept, { recursive: true });
  }

  /** Every epoch that was seen: one, as long as no disk has lost what it promised to keep. */
  get epochs(): readonly string[] {
    return [...this.#epochs];
  }

  /** Name of the oldest segment the agent still has. */
  oldestSegment(): string {
    return segmentNames(join(this.#dataDir, "log"))[0] ?? "";
  }

  /** Links new segments; call it more often than the agent can fill and drop one (256 kB). */
  keep(): void {
    const folder = join(this.#dataDir, "log");
    for (const name of segmentNames(folder)) {
      try {
        linkSync(join(folder, name), join(this.#kept, name));
      } catch {
        // It is kept already, or was removed after it had been kept.
      }
    }
  }

  /** All records from offset 1 on, ascending. A frame that is still being written is not among them. */
  records(): RecordedOffset[] {
    this.keep();
    const { epoch, shift } = epochSchema.parse(readJson(join(this.#dataDir, "log", "epoch.json")));
    this.#epochs.add(epoch);
    const names = this.#readNames();
    return segmentNames(this.#kept).flatMap((name) => this.#read(name, { shift, names }));
  }

  #readNames(): Map<number, string> {
    const { entries } = aliasesSchema.parse(readJson(join(this.#dataDir, "aliases.json")));
    return new Map(
      entries.map(({ alias, deviceId, name }) => [alias, `${deviceId ?? ""}/${name}`]),
    );
  }

  #read(name: string, known: { shift: number; names: Map<number, string> }): RecordedOffset[] {
    const path = join(this.#kept, name);
    const before = this.#segments.get(name);
    if (before !== undefined && before.bytes === statSync(path).size) return before.records;
    const bytes = readFileSync(path);
    const base = Number(basename(name, ".seg"));
    const records: RecordedOffset[] = [];
    for (let at = segmentHeader.length; at < bytes.length;) {
      const frame = parseFrame(bytes, at);
      if (frame.kind !== "record") break;
      const offset = base + records.length - known.shift;
      records.push({ offset, readings: readingsOf(frame.body, known.names) });
      at += frame.bytes;
    }
    this.#segments.set(name, { bytes: bytes.length, records });
    return records;
  }
}

function readingsOf(body: Buffer, names: Map<number, string>): RecordedReading[] {
  return decodeRecord(body).metrics.map(({ alias, timestamp, value }) => ({
    metric: names.get(Number(alias)) ?? `alias ${String(alias)}`,
    timeMs: timestamp ?? 0,
    value: value === null ? null : Number(value),
  }));
}

function segmentNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".seg"))
    .toSorted();
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, "utf8"));
}
