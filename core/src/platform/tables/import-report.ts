import type { ImportReport, RowProblem } from "@millwright/contracts/api";

import { Refusal } from "../errors.ts";

/** Collects what is wrong with a file: the first 1,000 by line, and how many there are in all. */
export class ImportProblems {
  readonly #kept: RowProblem[] = [];
  readonly #badLines = new Set<number>();
  #count = 0;

  add(problem: RowProblem): void {
    this.#count += 1;
    this.#badLines.add(problem.line);
    if (this.#kept.length < problemsKept) this.#kept.push(problem);
  }

  /** What a use case refuses is a problem of the row; anything else is no matter of the file. */
  addRefusal(line: number, error: unknown, column: string | null = null): void {
    if (!(error instanceof Refusal)) throw error;
    this.add({ line, column, code: error.code, reason: error.message });
  }

  get isNone(): boolean {
    return this.#count === 0;
  }

  report(rows: number, isDryRun: boolean): ImportReport {
    return {
      rows,
      goodRows: rows - this.#badLines.size,
      isDryRun,
      isSaved: this.isNone && !isDryRun,
      problemCount: this.#count,
      problems: this.#kept.toSorted((a, b) => a.line - b.line),
    };
  }
}

// A person corrects a pattern, not 100,000 cells one by one; this is about 150 KB of JSON.
const problemsKept = 1000;
