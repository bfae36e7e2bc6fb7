import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { DataType } from "@millwright/contracts/sparkplug";
import { z } from "zod";

const entrySchema = z.object({
  /** Null: a metric of the edge node itself. */
  deviceId: z.string().nullable(),
  name: z.string(),
  alias: z.int().positive(),
  datatype: z
    .int()
    .min(1)
    .max(34)
    .transform((value) => value as DataType),
});
type Entry = z.output<typeof entrySchema>;
const tableSchema = z.object({ next: z.int().positive(), entries: z.array(entrySchema) });

/**
 * Which alias belongs to which metric, for as long as the log may hold a record that uses it: log
 * records name their metrics by alias, and a record may be sent days and restarts after it was made.
 * An alias is unique in the edge node (Sparkplug 3.0 tck-id-payloads-alias-uniqueness) and never
 * given to another metric.
 */
export class AliasTable {
  readonly #path: string;
  readonly #byName = new Map<string, Entry>();
  readonly #byAlias = new Map<number, Entry>();
  #next = 1;

  /** Reads the table of the data folder. */
  constructor(dataDir: string) {
    this.#path = join(dataDir, "aliases.json");
    const table = readTable(this.#path);
    // Never reuse numbers of a table that was lost: records in the log may still carry them.
    this.#next = table?.next ?? 1 + Math.floor(Date.now() / 1000);
    for (const entry of table?.entries ?? []) this.#add(entry);
  }

  /**
   * The alias of a metric. A new one is on disk when this returns: a record that uses it must never
   * be on disk without it. Synchronous, because it happens only when a metric is seen first.
   */
  aliasOf(
    deviceId: string | null,
    metrics: readonly { name: string; datatype: DataType }[],
  ): number[] {
    let isChanged = false;
    const aliases = metrics.map(({ name, datatype }) => {
      const known = this.#byName.get(nameKey(deviceId, name));
      if (known?.datatype === datatype) return known.alias;
      isChanged = true;
      // A metric that changed its type keeps its alias; older records are converted when sent.
      const entry = { deviceId, name, alias: known?.alias ?? this.#next++, datatype };
      this.#add(entry);
      return entry.alias;
    });
    if (isChanged) this.#save();
    return aliases;
  }

  datatypeOf(alias: number): DataType | null {
    return this.#byAlias.get(alias)?.datatype ?? null;
  }

  /** Every metric that ever had an alias and was not forgotten, in the order of their aliases. */
  entries(): Entry[] {
    return [...this.#byAlias.values()];
  }

  /** Drops the metrics that are not `kept`: possible when no unsent record can name them. */
  forget(kept: (entry: Entry) => boolean): void {
    const gone = this.entries().filter((entry) => !kept(entry));
    if (gone.length === 0) return;
    for (const { deviceId, name, alias } of gone) {
      this.#byName.delete(nameKey(deviceId, name));
      this.#byAlias.delete(alias);
    }
    this.#save();
  }

  #add(entry: Entry): void {
    this.#byName.set(nameKey(entry.deviceId, entry.name), entry);
    this.#byAlias.set(entry.alias, entry);
  }

  #save(): void {
    const text = JSON.stringify({ next: this.#next, entries: this.entries() });
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, "w", 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
  }
}

function nameKey(deviceId: string | null, name: string): string {
  return JSON.stringify([deviceId, name]);
}

function readTable(path: string): z.output<typeof tableSchema> | null {
  try {
    return tableSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}
