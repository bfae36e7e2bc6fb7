import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

// A repository of its own, so that nothing here can touch the packages we run on.
let repository: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "millwright-bootstrap-"));
  mkdirSync(join(repository, "deploy"));
  copyFileSync(
    join(import.meta.dirname, "bootstrap.mjs"),
    join(repository, "deploy/bootstrap.mjs"),
  );
});
afterEach(() => rmSync(repository, { recursive: true }));

test("an old Node is refused in one sentence", () => {
  const pretended = `Object.defineProperty(process, "versions", { value: { node: "18.20.0" } })`;
  const { status, stderr } = bootstrap("--import", `data:text/javascript,${pretended}`);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^Millwright needs Node 20 or newer .*\n$/);
});

test("a clone without its lock file is refused in one sentence", () => {
  const { status, stderr } = bootstrap();
  expect(status).toBe(1);
  expect(stderr).toBe("package-lock.json is missing: is this a complete clone?\n");
});

test("packages that are there are not installed again", () => {
  const packages = {
    "": {},
    "node_modules/here": { version: "1.0.0" },
    "node_modules/elsewhere": { version: "1.0.0", optional: true },
    "core/contracts": { version: "0.1.0" },
  };
  write("package-lock.json", { packages });
  write("node_modules/.package-lock.json", {
    packages: { "node_modules/here": { version: "1.0.0" } },
  });
  const { stdout, stderr } = bootstrap();
  expect(stdout).not.toContain("installing packages");
  // It got as far as its own Node, which this repository has not.
  expect(stderr).toContain("is not Node 24");
});

function bootstrap(...nodeArguments: string[]) {
  const args = [...nodeArguments, join(repository, "deploy/bootstrap.mjs"), "packages"];
  // No npm: what it would install or rebuild must not be tried here.
  const env = { PATH: "", HOME: repository };
  return spawnSync(process.execPath, args, { encoding: "utf8", env });
}

function write(path: string, content: unknown): void {
  mkdirSync(join(repository, path, ".."), { recursive: true });
  writeFileSync(join(repository, path), JSON.stringify(content));
}
