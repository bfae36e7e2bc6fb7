export { Refusal } from "@millwright/contracts/states";

/** The world failed (database gone, disk full). `isRetryable` says whether trying again may help. */
export class Fault extends Error {
  readonly isRetryable: boolean;

  constructor(message: string, options: { cause: unknown; isRetryable: boolean }) {
    super(message, { cause: options.cause });
    this.name = "Fault";
    this.isRetryable = options.isRetryable;
  }
}

/** Our own mistake: ends the unit of work, because carrying on could corrupt stock or history. */
export class InvariantBroken extends Error {
  override readonly name = "InvariantBroken";
}

/** @throws InvariantBroken when the condition does not hold: a bug, never bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantBroken(message);
}
