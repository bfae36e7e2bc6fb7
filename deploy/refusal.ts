/**
 * A start that cannot go on for a reason the person at the keyboard can mend. The message is one
 * sentence that names the thing and the way out; it is printed as it is, without a stack.
 */
export class StartRefusal extends Error {
  override readonly name = "StartRefusal";
}

/** Text of anything thrown, for a sentence that quotes it. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
