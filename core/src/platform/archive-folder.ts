import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * A folder of files that are written once: a name is there with its whole content or not at all, also
 * after a power cut. Names are relative, with `/`.
 */
export class ArchiveFolder {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  pathOf(name: string): string {
    return join(this.#root, name);
  }

  /** A path to work at, whose folder is there and which holds nothing; `place` or `remove` ends it. */
  async stage(name: string): Promise<string> {
    const path = this.pathOf(name);
    await mkdir(dirname(path), { recursive: true });
    await rm(path, { force: true });
    return path;
  }

  /** Gives a staged file its name, on the disk for good. @returns its size in bytes. */
  async place(staged: string, name: string): Promise<number> {
    const path = this.pathOf(name);
    await mkdir(dirname(path), { recursive: true });
    await syncOf(this.pathOf(staged));
    await rename(this.pathOf(staged), path);
    await syncOf(dirname(path));
    return (await stat(path)).size;
  }

  /** An empty file that says something by being there. */
  async mark(name: string): Promise<void> {
    await writeFile(await this.stage(name), "");
  }

  /** In bytes; null: it is not there. */
  async sizeOf(name: string): Promise<number | null> {
    try {
      return (await stat(this.pathOf(name))).size;
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  /** Whether it was there or not. */
  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  /** Names in a folder of the archive; none when it is not there. */
  async list(folder: string): Promise<string[]> {
    try {
      return await readdir(this.pathOf(folder));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function syncOf(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
