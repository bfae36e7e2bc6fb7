/**
 * A cart between two stations: pieces by the hash of their order, because a bracket of one order
 * is of no use to another. An endless one never runs empty or full and knows no orders: bar stock
 * before the saw (counts down from 0 what was taken) and the dispatch area behind the packer.
 */
export type Buffer = { pieces: Map<number, number>; capacity: number; isEndless: boolean };

export function piecesOf(buffer: Buffer, orderHash: number): number {
  return buffer.pieces.get(keyIn(buffer, orderHash)) ?? 0;
}

export function piecesIn(buffer: Buffer): number {
  let sum = 0;
  for (const count of buffer.pieces.values()) sum += count;
  return sum;
}

export function hasPiece(buffer: Buffer, orderHash: number): boolean {
  return buffer.isEndless || piecesOf(buffer, orderHash) > 0;
}

export function hasSpace(buffer: Buffer): boolean {
  return buffer.isEndless || piecesIn(buffer) < buffer.capacity;
}

/** Puts pieces on the cart; a negative `count` takes them off. */
export function put(buffer: Buffer, orderHash: number, count: number): void {
  const key = keyIn(buffer, orderHash);
  const left = (buffer.pieces.get(key) ?? 0) + count;
  if (left === 0) buffer.pieces.delete(key);
  else buffer.pieces.set(key, left);
}

function keyIn(buffer: Buffer, orderHash: number): number {
  return buffer.isEndless ? 0 : orderHash;
}
