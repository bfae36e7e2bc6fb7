import { mosquittoAvailable } from "../test/mosquitto.ts";
import { judge } from "./judge.ts";
import { recordAll } from "./record.ts";
import { uncovered } from "./uncovered.ts";

/**
 * conformance: judges our edge node, host and broker by the ids of the Sparkplug 3.0 specification and
 * prints a line per id and role, then `{covered, passed, failed, total}`. See README.md.
 */
/** Testable assertions of the Sparkplug 3.0.0 specification, by its release notes. */
const testableAssertions = 298;

if (!mosquittoAvailable()) {
  console.error("conformance: Mosquitto is not installed: install your system's package mosquitto");
  process.exit(1);
}
const verdicts = judge(await recordAll());
for (const { id, role, words, result, detail } of verdicts) {
  const line = `${result.padEnd(9)} ${role.padEnd(6)} ${id}: ${words}`;
  console.log(result === "passed" ? line : `${line} (${detail})`);
}
for (const [id, reason] of Object.entries(uncovered)) {
  console.log(`${"uncovered".padEnd(9)} ${"-".padEnd(6)} ${id}: ${reason}`);
}
const passed = verdicts.filter(({ result }) => result === "passed").length;
const failed = verdicts.filter(({ result }) => result === "failed").length;
const covered = passed + failed;
console.log(JSON.stringify({ covered, passed, failed, total: testableAssertions }));
process.exitCode = passed === verdicts.length ? 0 : 1;
