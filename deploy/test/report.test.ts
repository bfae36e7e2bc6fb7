import { expect, test } from "vitest";

import {
  type Report,
  add,
  afterSecondRun,
  countOf,
  failuresOf,
  lineOf,
  skippedTests,
} from "./report.ts";

const report = (testResults: Report["testResults"]): Report => ({
  numPassedTests: 3,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults,
});

const file = (name: string, statuses: Record<string, string>) => ({
  name,
  status: Object.values(statuses).includes("failed") ? "failed" : "passed",
  assertionResults: Object.entries(statuses).map(([fullName, status]) => ({ status, fullName })),
});

test("counts what the report says", () => {
  expect(lineOf(countOf(report([])))).toBe("3 passed, 1 failed, 3 skipped");
});

test("a file that never got to its tests is a failure", () => {
  const broken = { name: "a.test.ts", status: "failed", assertionResults: [] };
  expect(countOf(report([broken])).failed).toBe(2);
});

test("a file with a failed test is not counted twice", () => {
  const failed = [{ status: "failed", fullName: "a" }];
  const file = { name: "a.test.ts", status: "failed", assertionResults: failed };
  expect(countOf(report([file])).failed).toBe(1);
});

test("names what was skipped", () => {
  const assertionResults = [
    { status: "passed", fullName: "runs" },
    { status: "pending", fullName: "needs chromium" },
  ];
  expect(skippedTests(report([{ name: "a", status: "passed", assertionResults }]))).toEqual([
    "needs chromium",
  ]);
});

test("adds layers", () => {
  const one = { passed: 1, failed: 2, skipped: 3 };
  expect(add(one, one)).toEqual({ passed: 2, failed: 4, skipped: 6 });
});

test("of failures that ran again, alone, those that pass are named and the others stay", () => {
  const first: Report = {
    ...report([file("/x/a.test.ts", { one: "failed", two: "failed", three: "passed" })]),
    numPassedTests: 10,
    numFailedTests: 2,
  };
  expect(failuresOf(first)).toHaveLength(2);
  const second = report([file("/x/a.test.ts", { one: "passed", two: "failed", three: "passed" })]);
  expect(afterSecondRun(first, second)).toEqual({
    count: { passed: 11, failed: 1, skipped: 3 },
    recovered: ["a.test.ts: one"],
  });
  const worse = report([file("/x/a.test.ts", { one: "passed", two: "passed", three: "failed" })]);
  expect(afterSecondRun(first, worse).count).toEqual({ passed: 11, failed: 1, skipped: 3 });
  const skipped = report([file("/x/a.test.ts", { one: "skipped", two: "passed" })]);
  expect(afterSecondRun(first, skipped).count.failed).toBe(1);
  // A file that is not in the second report did not pass there.
  expect(afterSecondRun(first, report([])).count.failed).toBe(2);
});
