import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { catalogues } from "./catalogues.ts";

const source = globSync("**/*.{ts,tsx}", { cwd: join(import.meta.dirname, "..") })
  .filter((file) => !file.startsWith("messages") && !file.includes(".test."))
  .map((file) => readFileSync(join(import.meta.dirname, "..", file), "utf8"))
  .join("\n");

test("every language has the same keys and no empty words", () => {
  const english = keysOf(catalogues.en);
  expect(english.length).toBeGreaterThan(200);
  for (const catalogue of Object.values(catalogues)) {
    expect(keysOf(catalogue)).toEqual(english);
  }
});

test("every language names the same values in a message", () => {
  const chinese = new Map(entriesOf(catalogues["zh-CN"]));
  for (const [key, words] of entriesOf(catalogues.en)) {
    expect([key, namesIn(chinese.get(key) ?? "")]).toEqual([key, namesIn(words)]);
  }
});

test("every key is used: written out, or by the beginning of a template", () => {
  const prefixes = [...source.matchAll(/`([a-zA-Z.]+\.)\$\{/g)].map(([, prefix = ""]) => prefix);
  const unused = keysOf(catalogues.en).filter(
    (key) => !source.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

function keysOf(catalogue: object): string[] {
  return entriesOf(catalogue).map(([key]) => key);
}

function entriesOf(catalogue: object, prefix = ""): [key: string, words: string][] {
  return Object.entries(catalogue).flatMap(([name, value]: [string, unknown]) => {
    const key = `${prefix}${name}`;
    if (typeof value === "object" && value !== null) return entriesOf(value, `${key}.`);
    expect(value, key).toBeTypeOf("string");
    expect(value, key).not.toBe("");
    return [[key, String(value)]];
  });
}

/** Names of the arguments of an ICU message, sorted, each once. */
function namesIn(words: string): string[] {
  const names = [...words.matchAll(/\{(\w+)[},]/g)].map(([, name = ""]) => name);
  return [...new Set(names)].sort();
}
