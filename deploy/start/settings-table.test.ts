import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describeSettings } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { coreConfigSchema, workerConfigSchema } from "../../core/src/platform/config/config.ts";
import { ingestSettingsSchema } from "../../ingest/src/settings.ts";

/** What only the supervisor reads. */
const ofTheStart = ["EMBEDDED_DB", "DATA_DIR"];

const declared = [coreConfigSchema, workerConfigSchema, ingestSettingsSchema].flatMap((schema) =>
  describeSettings(schema, {}),
);

test("the table of settings in the README is that of the processes: none missing, none stale", () => {
  const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
  const rows = readme.split("\n").filter((line) => /^\| `[A-Z]/.test(line));
  const named = rows.flatMap((row) => row.split("|")[1]?.match(/[A-Z][A-Z0-9_]+/g) ?? []);
  const names = new Set([...declared.map(({ name }) => name), ...ofTheStart]);
  expect(names.size).toBeGreaterThanOrEqual(18);
  expect(named.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
    [...names].toSorted((a, b) => (a < b ? -1 : 1)),
  );
});

test("every setting of every process says what it means", () => {
  expect(declared.filter(({ description }) => description.length < 10)).toEqual([]);
});
