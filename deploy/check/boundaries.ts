import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { VariableDeclarator } from "@swc/core";
import { Visitor } from "@swc/core/Visitor.js";
import { cruise, type ICruiseResult, type IFlattenedRuleSet } from "dependency-cruiser";

import { boundaryRules, cruiseOptions } from "./boundary-rules.ts";
import { ruleFloors } from "./floors.ts";

teachUsingDeclarations();

const root = join(import.meta.dirname, "..", "..");
const fixtures = join(import.meta.dirname, "fixtures");
const workspaces = ["core", "ingest", "edge-agent", "dashboards/src", "deploy"];

const ruleSet: IFlattenedRuleSet = { forbidden: boundaryRules };
const problems = [...(await checkTree()), ...(await checkFixtures())];
for (const problem of problems) console.error(problem);
console.log(
  problems.length === 0
    ? `boundaries: ${boundaryRules.length} rules hold, each broken by its fixture`
    : `boundaries: ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** The rules on the real tree, and that each rule saw the files it is meant to guard. */
async function checkTree(): Promise<string[]> {
  const result = await run(root, workspaces);
  const broken = result.summary.violations.map(
    (violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`,
  );
  const sources = result.modules.map((module) => module.source);
  const blind = boundaryRules.flatMap(({ name }) => {
    const guarded = ruleFloors[name];
    if (guarded === undefined) return [`${name}: has no floor in floors.ts`];
    const seen = sources.filter((source) => new RegExp(guarded.path).test(source)).length;
    return seen < guarded.floor
      ? [`${name}: saw ${seen} files of ${guarded.path}, expected ${guarded.floor}`]
      : [];
  });
  return [...broken, ...blind];
}

/** A guard that cannot fail guards nothing: every rule has a folder under fixtures/ that breaks it. */
async function checkFixtures(): Promise<string[]> {
  const problems: string[] = [];
  for (const { name } of boundaryRules) {
    const folder = join(fixtures, name);
    if (!existsSync(folder)) {
      problems.push(`${name}: has no fixture in deploy/check/fixtures`);
      continue;
    }
    const result = await run(
      folder,
      readdirSync(folder).filter((entry) => entry !== "node_modules"),
    );
    const names = result.summary.violations.map((violation) => violation.rule.name);
    if (!names.includes(name)) problems.push(`${name}: its fixture does not break it`);
  }
  return problems;
}

async function run(baseDir: string, places: string[]): Promise<ICruiseResult> {
  const { output } = await cruise(places, { ...cruiseOptions, baseDir, ruleSet, validate: true });
  if (typeof output === "string") throw new Error(output);
  return output;
}

/** dependency-cruiser walks the tree with swc's Visitor, which throws at `using` declarations. */
function teachUsingDeclarations(): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own `this` below
  const visitStatement = Visitor.prototype.visitStatement;
  Visitor.prototype.visitStatement = function visit(statement) {
    const isUsing = (statement.type as string) === "UsingDeclaration";
    if (!isUsing) return visitStatement.call(this, statement);
    const { decls } = statement as unknown as { decls: VariableDeclarator[] };
    this.visitVariableDeclarators(decls);
    return statement;
  };
}
