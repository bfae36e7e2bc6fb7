import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createZstdCompress, createZstdDecompress } from "node:zlib";
import { z } from "zod";

import { StartRefusal, messageOf } from "../refusal.ts";

/*
 * One file: a first line that says what it is, the tables one after the other (each compressed on its
 * own), the manifest as JSON, and a last line of fixed length with the place and the checksum of the
 * manifest. So it is written in one pass, and a file that ends early is known as such.
 */
const head = "millwright backup 1\n";
const tail = /^mw1 (\d{20}) (\d{20}) ([0-9a-f]{64})\n$/;
const tailBytes = 4 + 20 + 1 + 20 + 1 + 64 + 1;

const segmentSchema = z.object({
  offset: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  sha256: z.string(),
});
export type Segment = z.infer<typeof segmentSchema>;

export const manifestSchema = z.object({
  madeTime: z.iso.datetime(),
  /** Of Millwright. */
  version: z.string(),
  server: z.object({ postgres: z.string(), timescale: z.string().nullable() }),
  /** Every migration the database had, in order. */
  migrations: z.array(z.string()),
  tables: z.array(
    segmentSchema.extend({
      name: z.string(),
      columns: z.array(z.string()),
      rows: z.number().int().nonnegative(),
    }),
  ),
  sequences: z.array(z.object({ name: z.string(), last: z.string(), isCalled: z.boolean() })),
  /** Native partitions: their parent and their bounds as PostgreSQL writes them. */
  partitions: z.array(z.object({ name: z.string(), parent: z.string(), bounds: z.string() })),
  /** First and last source time of the readings; null when there are none. */
  samples: z.object({ from: z.string(), to: z.string() }).nullable(),
  /** Files of DATA_DIR/secrets, only when they were asked for. */
  secrets: segmentSchema.nullable(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * An archive that is being written. It appears under its name only when `finish` has put it on the
 * disk; disposing it unfinished leaves nothing behind.
 * @throws StartRefusal when there is no room, or a file of that name.
 */
export class ArchiveWriter implements AsyncDisposable {
  readonly #path: string;
  readonly #partial: string;
  readonly #file: FileHandle;
  #offset = 0;
  #isFinished = false;

  static async create(path: string): Promise<ArchiveWriter> {
    const partial = join(dirname(path), `.${basename(path)}.partial`);
    await refuseExisting(path);
    try {
      // Whoever was killed while he wrote left his part; nobody else writes under this name.
      await rm(partial, { force: true });
      const file = await open(partial, "wx", 0o600);
      const writer = new ArchiveWriter(path, partial, file);
      await writer.#write(Buffer.from(head));
      return writer;
    } catch (cause) {
      throw unwritable(path, cause);
    }
  }

  private constructor(path: string, partial: string, file: FileHandle) {
    this.#path = path;
    this.#partial = partial;
    this.#file = file;
  }

  /** Writes a stream, compressed; says where it lies and its checksum. */
  async add(source: Readable): Promise<Segment> {
    const offset = this.#offset;
    const hash = createHash("sha256");
    let isOurs = false;
    try {
      await pipeline(source, createZstdCompress(), async (chunks: AsyncIterable<Buffer>) => {
        for await (const chunk of chunks) {
          hash.update(chunk);
          isOurs = true;
          await this.#write(chunk);
          isOurs = false;
        }
      });
    } catch (cause) {
      throw isOurs ? unwritable(this.#path, cause) : cause;
    }
    return { offset, bytes: this.#offset - offset, sha256: hash.digest("hex") };
  }

  async finish(manifest: Manifest): Promise<void> {
    const text = Buffer.from(JSON.stringify(manifest));
    const sha256 = createHash("sha256").update(text).digest("hex");
    const place = `${digits(this.#offset)} ${digits(text.length)}`;
    try {
      await this.#write(text);
      await this.#write(Buffer.from(`mw1 ${place} ${sha256}\n`));
      await this.#file.sync();
      await this.#file.close();
      await rename(this.#partial, this.#path);
      // The name itself must survive a power cut.
      const folder = await open(dirname(this.#path), "r");
      await folder.sync();
      await folder.close();
    } catch (cause) {
      throw unwritable(this.#path, cause);
    }
    this.#isFinished = true;
  }

  get bytes(): number {
    return this.#offset;
  }

  async #write(chunk: Buffer): Promise<void> {
    let written = 0;
    while (written < chunk.length) {
      const { bytesWritten } = await this.#file.write(chunk, written);
      written += bytesWritten;
    }
    this.#offset += chunk.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFinished) return;
    await this.#file.close().catch(() => undefined);
    await rm(this.#partial, { force: true });
  }
}

/** @throws StartRefusal when the file is no archive, ends early, or its manifest is damaged. */
export async function readManifest(path: string): Promise<Manifest> {
  await using file = await open(path, "r").catch((cause: unknown) => {
    throw new StartRefusal(`${path} cannot be read (${messageOf(cause)}): name a backup.`, {
      cause,
    });
  });
  const { size } = await file.stat();
  const first = await readAt(file, 0, head.length);
  if (first.toString() !== head) throw damaged(path, "it does not begin like a backup");
  const last = tail.exec((await readAt(file, Math.max(0, size - tailBytes), tailBytes)).toString());
  if (last === null) throw damaged(path, "it has no end; it was cut off");
  const [, offset, length, sha256] = last;
  if (Number(offset) + Number(length) + tailBytes !== size) {
    throw damaged(path, "its length is not what its end says");
  }
  const text = await readAt(file, Number(offset), Number(length));
  if (createHash("sha256").update(text).digest("hex") !== sha256) {
    throw damaged(path, "its table of contents is not what was written");
  }
  const manifest = manifestSchema.safeParse(JSON.parse(text.toString()));
  if (manifest.success) return manifest.data;
  throw damaged(path, "its table of contents is of another version");
}

/** Reads every byte. @throws StartRefusal naming the table that is not what was written. */
export async function checkArchive(path: string, manifest: Manifest): Promise<void> {
  const parts = manifest.tables.map((table) => ({ ...table, what: `the table ${table.name}` }));
  const { secrets } = manifest;
  if (secrets !== null)
    parts.push({ ...secrets, what: "the secrets", name: "", columns: [], rows: 0 });
  for (const part of parts) {
    const hash = createHash("sha256");
    for await (const chunk of bytesOf(path, part)) hash.update(chunk as Buffer);
    if (hash.digest("hex") !== part.sha256)
      throw damaged(path, `${part.what} is not what was written`);
  }
}

/** Sends a part of the archive, decompressed, to where it belongs. */
export async function readSegment(path: string, segment: Segment, to: Writable): Promise<void> {
  await pipeline(bytesOf(path, segment), createZstdDecompress(), to);
}

function bytesOf(path: string, { offset, bytes }: Segment): Readable {
  return createReadStream(path, { start: offset, end: offset + bytes - 1 });
}

async function readAt(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  return buffer.subarray(0, bytesRead);
}

async function refuseExisting(path: string): Promise<void> {
  const found = await open(path, "r").catch(() => null);
  if (found === null) return;
  await found.close();
  throw new StartRefusal(`${path} exists already: name another file, or remove that one.`);
}

function unwritable(path: string, cause: unknown): StartRefusal {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // EFBIG: the largest file a user or file system allows; EDQUOT: the user's share of the disk.
  if (["ENOSPC", "EDQUOT", "EFBIG"].includes(code)) {
    return new StartRefusal(
      `There is not enough room for the backup in ${dirname(path)}: nothing of it was kept; free some space, or name a file on another disk.`,
      { cause },
    );
  }
  return new StartRefusal(
    `The backup ${path} cannot be written (${messageOf(cause)}): nothing of it was kept.`,
    { cause },
  );
}

function damaged(path: string, why: string): StartRefusal {
  return new StartRefusal(`${path} is damaged: ${why}. Nothing was changed; use another backup.`);
}

function digits(value: number): string {
  return String(value).padStart(20, "0");
}
