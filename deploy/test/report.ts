import { z } from "zod";

/** What we read of vitest's JSON report. */
export const reportSchema = z.object({
  numPassedTests: z.number().int(),
  numFailedTests: z.number().int(),
  numPendingTests: z.number().int(),
  numTodoTests: z.number().int(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});
export type Report = z.infer<typeof reportSchema>;

export type Count = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const nothing: Count = { passed: 0, failed: 0, skipped: 0 };

export type Failure = {
  /** Path of the test file. */
  readonly file: string;
  /** Null for a file that failed before its first test ran. */
  readonly test: string | null;
};

export function failuresOf({ testResults }: Report): Failure[] {
  return testResults.flatMap(({ name: file, status, assertionResults }): Failure[] => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (failed.length === 0 && status === "failed") return [{ file, test: null }];
    return failed.map(({ fullName }) => ({ file, test: fullName }));
  });
}

/**
 * What a layer comes to when the files of its failures have run again, alone. A test must pass there to
 * count as passed, and is named; one that fails only there counts as failed.
 */
export function afterSecondRun(
  first: Report,
  second: Report,
): { count: Count; recovered: string[] } {
  const left = new Set(failuresOf(second).map(keyOf));
  const passed = new Set(
    second.testResults.flatMap(({ name: file, status, assertionResults }) => [
      ...(status === "passed" ? [keyOf({ file, test: null })] : []),
      ...assertionResults
        .filter((test) => test.status === "passed")
        .map(({ fullName }) => keyOf({ file, test: fullName })),
    ]),
  );
  const failures = failuresOf(first);
  const recovered = failures.filter((failure) => passed.has(keyOf(failure)));
  const known = new Set(failures.map(keyOf));
  const added = [...left].filter((key) => !known.has(key)).length;
  const count = countOf(first);
  return {
    count: {
      passed: count.passed + recovered.length - added,
      failed: count.failed - recovered.length + added,
      skipped: count.skipped,
    },
    recovered: recovered.map(
      ({ file, test }) => `${file.split("/").at(-1)}: ${test ?? "the file"}`,
    ),
  };
}

function keyOf({ file, test }: Failure): string {
  return `${file}\n${test ?? ""}`;
}

/** A file that fails before its first test runs (an import that throws) counts as one failed test. */
export function countOf(report: Report): Count {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

export function add(a: Count, b: Count): Count {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}

/** Full names of the tests a layer skipped, for the summary. */
export function skippedTests(report: Report): string[] {
  return report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === "pending" || status === "skipped" || status === "todo")
    .map(({ fullName }) => fullName);
}

export function lineOf({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
