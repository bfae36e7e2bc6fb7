import { crc32 } from "node:zlib";

/**
 * One record on disk: body length (u32), CRC-32 of the body (u32), CRC-32 of these eight bytes (u32),
 * all little-endian, then the body. The header has its own sum so that a damaged length is told from
 * a write that was cut off: only the second is known never to have been synced, hence never sent.
 */
export const frameHeaderBytes = 12;

/** Far above any record (a record holds at most some hundred metrics); a larger length is damage. */
export const recordBytesMax = 1024 * 1024;

/** First bytes of every segment file. */
export const segmentHeader = Buffer.from("MWLOG 1\n");

export function frameOf(body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  frame.writeUInt32LE(crc32(frame.subarray(0, 8)), 8);
  frame.set(body, frameHeaderBytes);
  return frame;
}

export type ParsedFrame =
  | { kind: "record"; body: Buffer; bytes: number }
  /** The bytes end before the frame does. */
  | { kind: "cut" }
  | { kind: "corrupt" };

/** Reads the frame that begins at `at`. The body shares memory with `bytes`. */
export function parseFrame(bytes: Buffer, at: number): ParsedFrame {
  if (bytes.length - at < frameHeaderBytes) return { kind: "cut" };
  const length = bytes.readUInt32LE(at);
  if (crc32(bytes.subarray(at, at + 8)) !== bytes.readUInt32LE(at + 8)) return { kind: "corrupt" };
  if (length === 0 || length > recordBytesMax) return { kind: "corrupt" };
  const end = at + frameHeaderBytes + length;
  if (end > bytes.length) return { kind: "cut" };
  const body = bytes.subarray(at + frameHeaderBytes, end);
  if (crc32(body) !== bytes.readUInt32LE(at + 4)) return { kind: "corrupt" };
  return { kind: "record", body, bytes: frameHeaderBytes + length };
}

/**
 * `cut`: a write that never completed. `corrupt`: a frame that was complete once, or may have been,
 * is damaged.
 */
export type SegmentCheck = { count: number; goodBytes: number; end: "clean" | "cut" | "corrupt" };

/** Counts the intact records from the start of a segment and says how it ends. */
export function checkSegment(bytes: Buffer): SegmentCheck {
  const header = bytes.subarray(0, segmentHeader.length);
  if (!header.equals(segmentHeader)) {
    const isCut = isZero(header) || segmentHeader.subarray(0, header.length).equals(header);
    return { count: 0, goodBytes: 0, end: isCut ? "cut" : "corrupt" };
  }
  let at = segmentHeader.length;
  let count = 0;
  while (at < bytes.length) {
    const frame = parseFrame(bytes, at);
    if (frame.kind !== "record") {
      // After a power cut a file system may have grown the file without having written the data.
      const end = frame.kind === "cut" || isZero(bytes.subarray(at)) ? "cut" : "corrupt";
      return { count, goodBytes: at, end };
    }
    count += 1;
    at += frame.bytes;
  }
  return { count, goodBytes: at, end: "clean" };
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
