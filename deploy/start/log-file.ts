import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

// Two generations per process: months of running must not fill the disk.
const BYTES_MAX = 20 * 1024 * 1024;

/** A process's log in DATA_DIR/logs: appended, turned over to `.1` at 20 MB. */
export class LogFile {
  readonly path: string;
  #bytes: number;

  constructor(dataDir: string, name: string) {
    const folder = join(dataDir, "logs");
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${name}.log`);
    this.#bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Never throws: a full disk must not end the plant through its log. */
  append(text: string): void {
    try {
      if (this.#bytes > BYTES_MAX) {
        renameSync(this.path, `${this.path}.1`);
        this.#bytes = 0;
      }
      appendFileSync(this.path, text);
      this.#bytes += Buffer.byteLength(text);
    } catch {
      // Nowhere to say it: the health page reports the disk.
    }
  }
}
