import { expect, test } from "vitest";

import { type Report, add, countOf, lineOf, skippedTests } from "./report.ts";

const report = (testResults: Report["testResults"]): Report => ({
  numPassedTests: 3,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  testResults,
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
