import type { Stop } from "./stops.ts";

/** What a person said about a stop: it was known as [from, to) then; `to` null: it had not ended. */
export type GivenReason = {
  from: number;
  to: number | null;
  reasonId: string;
  note: string;
  givenBy: string;
  givenTime: number;
  version: number;
};

/** Which reason a code means: on one machine, or (null) on all that have no line of their own. */
export type CodeMeaning = { workUnitId: string | null; code: string; reasonId: string };

/** Why a stop was: a reason of the list, a code nobody gave a meaning, or nothing. */
export type StopReason =
  | { kind: "reason"; reasonId: string; source: "person" | "machine"; given: GivenReason | null }
  | { kind: "code"; code: string }
  | { kind: "none" };

/** What is known of the reasons of stops. A person's word wins over the machine's. */
export class ReasonBook {
  readonly #given: ReadonlyMap<string, readonly GivenReason[]>;
  readonly #meanings: ReadonlyMap<string, string>;

  /** `given` by machine, each ascending by `from`. */
  constructor(
    given: ReadonlyMap<string, readonly GivenReason[]>,
    meanings: readonly CodeMeaning[],
  ) {
    this.#given = given;
    this.#meanings = new Map(
      meanings.map(({ workUnitId, code, reasonId }) => [codeKey(workUnitId, code), reasonId]),
    );
  }

  reasonOf(workUnitId: string, stop: Stop): StopReason {
    const words = this.givenFor(workUnitId, stop);
    const [newest] = words;
    if (newest !== undefined) {
      const given = { ...newest, version: versionOf(words) };
      return { kind: "reason", reasonId: newest.reasonId, source: "person", given };
    }
    if (stop.code === "") return { kind: "none" };
    const reasonId =
      this.#meanings.get(codeKey(workUnitId, stop.code)) ??
      this.#meanings.get(codeKey(null, stop.code));
    if (reasonId === undefined) return { kind: "code", code: stop.code };
    return { kind: "reason", reasonId, source: "machine", given: null };
  }

  /**
   * What was said about a stop, newest word first. Late readings may have moved its ends since, or made
   * one stop of two: what shares time with it is about it.
   */
  givenFor(workUnitId: string, stop: Pick<Stop, "from" | "to">): GivenReason[] {
    const all = this.#given.get(workUnitId) ?? [];
    const found: GivenReason[] = [];
    for (let at = firstNotBefore(all, stop.to ?? Infinity) - 1; at >= 0; at -= 1) {
      const one = all[at];
      // They do not overlap, so that none before this one reaches into the stop either.
      if (one === undefined || (one.to ?? Infinity) <= stop.from) break;
      found.push(one);
    }
    return found.sort((a, b) => b.givenTime - a.givenTime);
  }
}

/** Of all that was said about a stop: whoever saw less of it than there is has seen a lower one. */
export function versionOf(words: readonly GivenReason[]): number {
  return words.reduce((sum, { version }) => sum + version, 0);
}

/** Index of the first one that begins at or after `time`; their number when none does. */
function firstNotBefore(all: readonly GivenReason[], time: number): number {
  let [low, high] = [0, all.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all[middle]?.from ?? Infinity) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ids have no newline, so that machine and code stay apart. */
function codeKey(workUnitId: string | null, code: string): string {
  return `${workUnitId ?? ""}\n${code}`;
}
