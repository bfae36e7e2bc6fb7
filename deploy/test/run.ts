import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";

import { type Layer, layers } from "./layers.ts";
import { outsideErrorsFile } from "./outside-errors.ts";
import {
  type Count,
  type Failure,
  type Report,
  add,
  afterSecondRun,
  countOf,
  failuresOf,
  lineOf,
  nothing,
  reportSchema,
  skippedTests,
} from "./report.ts";

/** What deploy/bootstrap.mjs could not install, and so what cannot run here. */
const needsSchema = z.object({
  missing: z.array(z.object({ program: z.string(), without: z.string() })),
  hasTimescale: z.boolean(),
});
type Needs = z.infer<typeof needsSchema>;

type Outcome = {
  readonly layer: Layer;
  readonly count: Count;
  /** Everything that makes the whole run a failure, in words. */
  readonly faults: readonly string[];
  readonly skipped: readonly string[];
  /** Tests that failed beside the others and passed when they ran again, alone. */
  readonly recovered: readonly string[];
};

/** More failures than these are no chance: they are not tried again. */
const triedAgainMax = 3;

const repository = join(import.meta.dirname, "../..");
const isCi = (process.env["CI"] ?? "") !== "";

/**
 * `npm test [-- ARGUMENTS FOR VITEST]`: the layers one after the other, each with its floor. The
 * last line is `N passed, N failed, N skipped`. With CI set, a skipped layer is a failure.
 */
async function main(): Promise<number> {
  const asked = readArguments(process.argv.slice(2));
  const needs = readNeeds();
  const outcomes: Outcome[] = [];
  for (const layer of asked.layers) {
    outcomes.push(
      canRun(layer, needs)
        ? await runLayer(layer, asked.forVitest)
        : skippedLayer(layer, "there is no TimescaleDB here"),
    );
  }
  return summarise(outcomes, needs);
}

/** `--project` chooses layers; everything else goes to vitest as it is. */
function readArguments(args: readonly string[]): {
  layers: readonly Layer[];
  forVitest: readonly string[];
} {
  const { tokens } = parseArgs({
    args: [...args],
    options: { project: { type: "string", multiple: true } },
    strict: false,
    tokens: true,
  });
  const chosen = tokens.flatMap((token) =>
    token.kind === "option" && token.name === "project" ? [token] : [],
  );
  const names = chosen.map(({ value }) => value);
  const taken = new Set(
    chosen.flatMap(({ index, inlineValue }) => (inlineValue ? [index] : [index, index + 1])),
  );
  return {
    layers: names.length === 0 ? layers : layers.filter(({ project }) => names.includes(project)),
    forVitest: args.filter((_, index) => !taken.has(index)),
  };
}

function readNeeds(): Needs {
  const path = join(repository, ".cache", "test-needs.json");
  if (!existsSync(path)) return { missing: [], hasTimescale: true };
  return needsSchema.parse(JSON.parse(readFileSync(path, "utf8")));
}

function canRun({ project }: Layer, { hasTimescale }: Needs): boolean {
  return project !== "db-timescale" || hasTimescale;
}

function skippedLayer(layer: Layer, reason: string): Outcome {
  const sentence = `layer ${layer.project} was skipped: ${reason}`;
  const faults = isCi ? [sentence] : [];
  return { layer, count: nothing, faults, skipped: [sentence], recovered: [] };
}

async function runLayer(layer: Layer, forVitest: readonly string[]): Promise<Outcome> {
  console.log(`\n== ${layer.project}`);
  const folder = mkdtempSync(join(tmpdir(), "millwright-report-"));
  try {
    const path = join(folder, "report.json");
    let ended = await runVitest(layer, path, forVitest);
    const report = readReport(path);
    let count = report === null ? nothing : countOf(report);
    let recovered: string[] = [];
    const isWhole = forVitest.length === 0;
    const failures = report === null ? [] : failuresOf(report);
    // With CI set a machine is shared, and a process may have to wait for longer than a test does. What
    // fails once more, alone, fails; what does not is named in the summary.
    // An error outside of tests is no test's: it fails the layer, whatever runs again.
    const isOnlyTests = ended.outsideErrors === 0;
    if (isCi && isWhole && isOnlyTests && report !== null && mayTryAgain(failures)) {
      const files = [...new Set(failures.map(({ file }) => file))];
      console.log(`\n== ${layer.project}, again, alone`);
      const second = join(folder, "second.json");
      ended = await runVitest(layer, second, ["--no-file-parallelism", ...files]);
      const secondReport = readReport(second);
      if (secondReport !== null) ({ count, recovered } = afterSecondRun(report, secondReport));
    }
    return {
      layer,
      count,
      faults: faultsOf({ layer, count, ended: ended.how, report, isWhole }),
      skipped: report === null ? [] : skippedTests(report),
      recovered,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function mayTryAgain(failures: readonly Failure[]): boolean {
  return failures.length > 0 && failures.length <= triedAgainMax;
}

function faultsOf(asked: {
  layer: Layer;
  count: Count;
  ended: string;
  report: Report | null;
  isWhole: boolean;
}): string[] {
  const { layer, count, ended, report, isWhole } = asked;
  const { project, floor } = layer;
  const total = count.passed + count.failed;
  const faults = [
    ...(count.failed > 0 ? [`${project}: ${count.failed} failed`] : []),
    // An error outside of a test fails the run and appears in no count.
    ...(count.failed === 0 && ended !== "0" ? [`${project}: vitest ended with ${ended}`] : []),
    ...(report === null ? [`${project}: there is no report`] : []),
    ...(isWhole && total === 0 ? [`${project}: no test ran`] : []),
  ];
  if (isWhole && total < floor) {
    const sentence = `${project}: ${total} tests ran, its floor is ${floor}`;
    if (isCi) faults.push(sentence);
    else console.log(sentence);
  }
  return faults;
}

type Ended = {
  /** Its exit code or signal. */
  readonly how: string;
  /** Errors outside of tests; NaN when it did not come to counting them. */
  readonly outsideErrors: number;
};

async function runVitest(
  layer: Layer,
  report: string,
  forVitest: readonly string[],
): Promise<Ended> {
  const vitest = join(repository, "node_modules/vitest/vitest.mjs");
  const args = [vitest, "run", "--project", layer.project, "--passWithNoTests"];
  const counting = `--reporter=${join(import.meta.dirname, "outside-errors.ts")}`;
  const reporters = ["--reporter=default", "--reporter=json", counting];
  const outside = `${report}.outside`;
  const child = spawn(
    process.execPath,
    [...args, ...reporters, `--outputFile.json=${report}`, ...forVitest],
    {
      cwd: repository,
      env: { ...process.env, [outsideErrorsFile]: outside },
      stdio: ["ignore", "inherit", "inherit"],
      timeout: layer.deadlineMs,
      killSignal: "SIGKILL",
    },
  );
  const how = await new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(signal ?? String(code)));
  });
  const outsideErrors = existsSync(outside) ? Number(readFileSync(outside, "utf8")) : Number.NaN;
  return { how, outsideErrors };
}

function readReport(path: string): Report | null {
  return existsSync(path) ? reportSchema.parse(JSON.parse(readFileSync(path, "utf8"))) : null;
}

function summarise(outcomes: readonly Outcome[], needs: Needs): number {
  const total = outcomes.map(({ count }) => count).reduce(add, nothing);
  const faults = outcomes.flatMap((outcome) => outcome.faults);
  console.log("");
  for (const { layer, count } of outcomes) {
    console.log(`${layer.project.padEnd(12)}  ${lineOf(count)} (floor ${layer.floor})`);
  }
  for (const { program, without } of needs.missing) {
    console.log(`not tested: ${without} (${program} is missing)`);
    if (isCi) faults.push(`${program} is missing: ${without} were skipped`);
  }
  for (const { layer, recovered } of outcomes) {
    for (const name of recovered) {
      console.log(`failed once in ${layer.project} and passed alone: ${name}`);
    }
  }
  for (const { layer, skipped } of outcomes) {
    for (const name of skipped) console.log(`skipped in ${layer.project}: ${name}`);
  }
  if (total.passed + total.failed === 0) faults.push("no test ran");
  for (const fault of faults) console.error(`FAILURE  ${fault}`);
  console.log(lineOf(total));
  return faults.length === 0 ? 0 : 1;
}

process.exitCode = await main();
