import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";

const ballastName = ".ballast";

/** Those to take away when the process ends in the middle. */
const mounted = new Set<Tmpfs>();
process.once("exit", () => {
  for (const disk of mounted) disk[Symbol.dispose]();
});

/** A small disk in memory that can be filled to the last byte. Linux, root only. */
export class Tmpfs implements Disposable {
  readonly folder: string;
  readonly #ballast: string;

  /** Null where this account may not mount. `sizeMb` bounds the memory it takes. */
  static mount(folder: string, { sizeMb, mode }: { sizeMb: number; mode: string }): Tmpfs | null {
    mkdirSync(folder, { recursive: true });
    const options = `size=${sizeMb}m,mode=${mode}`;
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
      const disk = new Tmpfs(folder);
      mounted.add(disk);
      return disk;
    } catch {
      return null;
    }
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, ballastName);
  }

  fill(): void {
    const file = openSync(this.#ballast, "a");
    // Big pieces first, then what the last big one did not fit into.
    for (const bytes of [1024 * 1024, 4096, 1]) {
      const zeros = Buffer.alloc(bytes);
      try {
        for (;;) writeSync(file, zeros);
      } catch {
        // ENOSPC: the purpose of this method.
      }
    }
    closeSync(file);
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  [Symbol.dispose](): void {
    if (!mounted.delete(this)) return;
    // Lazily: a process that ends this moment may still hold a file.
    execFileSync("umount", ["-l", this.folder], { stdio: "ignore" });
  }
}
