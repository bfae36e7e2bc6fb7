import { eliteLength } from "../../core/src/modules/planning/engine/schedule/elite.ts";

/**
 * Letter boxes in shared memory: each thread puts its newest good schedule into its own box, the
 * others look in after each of their runs. One writer per box; a reader that meets a writer, or
 * finds nothing new, goes away empty-handed: nobody ever waits.
 */
export interface Letters {
  /** One Int32Array per thread: `[version, length, contents …]`; an odd version is being written. */
  boxes: Int32Array<SharedArrayBuffer>[];
}

export function lettersFor(threads: number, operations: number): Letters {
  const bytes = 4 * (2 + eliteLength(operations));
  return {
    boxes: Array.from({ length: threads }, () => new Int32Array(new SharedArrayBuffer(bytes))),
  };
}

export function post(box: Int32Array, letter: Int32Array): void {
  Atomics.add(box, 0, 1);
  box[1] = letter.length;
  box.set(letter, 2);
  Atomics.add(box, 0, 1);
}

/** A copy of the box's letter and its version; null when it is still version `seen`. */
export function take(
  box: Int32Array,
  seen: number,
): { version: number; letter: Int32Array } | null {
  const version = Atomics.load(box, 0);
  if (version === seen || version % 2 === 1) return null;
  const letter = box.slice(2, 2 + (box[1] ?? 0));
  return Atomics.load(box, 0) === version ? { version, letter } : null;
}
