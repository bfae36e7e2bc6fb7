import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { problemCodes } from "@millwright/contracts/api";
import { expect, test } from "vitest";

// A code that is written where a refusal or a problem is made: in core, or in a rule of contracts.
const made =
  /(?:new Refusal|\bproblem|\brefuse\w*|\brefusal|\binvalid|\bnotValid)\(\s*(?:\w+,\s*)?"([a-z][a-z0-9_]*\.[a-z0-9_]+)"/g;

const sources = [import.meta.dirname, join(import.meta.dirname, "../contracts/src")]
  .flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: "utf8" }).map((path) => join(root, path)),
  )
  .filter((path) => /(?<!\.test|\.fixture)\.ts$/.test(path) && !path.endsWith("problem-codes.ts"))
  .map((path) => readFileSync(path, "utf8"));

test("every code that is made is in the list", () => {
  const found = new Set(sources.flatMap((text) => [...text.matchAll(made)].map((m) => m[1] ?? "")));
  // Far fewer would mean that the pattern finds nothing any more.
  expect(found.size).toBeGreaterThan(200);
  expect([...found].filter((code) => !(code in problemCodes)).toSorted()).toEqual([]);
});

test("every listed code is still in the source", () => {
  const text = sources.join("\n");
  // Some are composed; then their use case names them in its `@throws`.
  const gone = Object.keys(problemCodes).filter(
    (code) =>
      !new RegExp(String.raw`(?<![\w.])${code.replace(".", String.raw`\.`)}(?![\w.])`).test(text),
  );
  expect(gone).toEqual([]);
});

test("a code says what refused it, and its sentence ends", () => {
  for (const [code, sentence] of Object.entries(problemCodes)) {
    expect(code).toMatch(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$/);
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  }
});
