/**
 * Pieces between two stations. An endless one never runs empty or full: bar stock before the saw
 * (`pieces` counts down from 0 what was taken) and the dispatch area behind the packer.
 */
export type Buffer = { pieces: number; capacity: number; isEndless: boolean };

export function hasPiece(buffer: Buffer): boolean {
  return buffer.isEndless || buffer.pieces > 0;
}

export function hasSpace(buffer: Buffer): boolean {
  return buffer.isEndless || buffer.pieces < buffer.capacity;
}
