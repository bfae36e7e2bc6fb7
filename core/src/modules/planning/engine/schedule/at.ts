/**
 * Reads an element that the caller knows to exist. The hot loops index flat Int32Arrays by node
 * numbers the model built itself; the compiler cannot know that, and a check per read would cost
 * more than the read. V8 inlines this to the bare load: always the same array kind on purpose, and never beyond the end,
 * not even once: a single such read anywhere makes every read slower from then on (half of the moves
 * per second, measured).
 */
export function at(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}
