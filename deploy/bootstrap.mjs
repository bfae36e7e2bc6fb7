// Makes a fresh clone runnable, from any Node >= 20 and without a dependency: plain JavaScript.
//   node deploy/bootstrap.mjs packages | start | test
// `packages` (the agent on a gateway) installs what the lock file says, `start` also builds the dashboards, `test` also
// installs the programs tests need (as root on Debian and Ubuntu; elsewhere it says what is missing).
// Everything here is skipped when it is already there; then it takes a fraction of a second.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const binFolder = join(repository, "node_modules", ".bin");
const node24 = join(binFolder, process.platform === "win32" ? "node.cmd" : "node");
const installationStamp = join("node_modules", ".millwright-lock");
const NODE_OLDEST = 20;
const NODE_WANTED = 24;
const PROGRESS_EVERY_MS = 5_000;

class Refusal extends Error {}

async function main(mode) {
  refuseOldNode();
  await installPackages();
  await checkNode24();
  if (mode === "packages") return;
  await buildDashboards();
  if (mode === "test") await prepareTests();
}

function refuseOldNode() {
  const [major] = process.versions.node.split(".");
  if (Number(major) >= NODE_OLDEST) return;
  throw new Refusal(
    `Millwright needs Node ${NODE_OLDEST} or newer to start and this is ${process.version}: install a newer one from nodejs.org.`,
  );
}

// --- packages -------------------------------------------------------------------------------------

async function installPackages() {
  const reason = staleness();
  if (reason === null) return;
  say(`installing packages (${reason})`);
  const complaint = await run("npm", ["ci", "--loglevel=error"]);
  if (complaint === null) return rememberInstallation();
  // A mirror may lack packages of other platforms; npm then calls the lock file incomplete (EUSAGE).
  if (!complaint.includes("EUSAGE")) throw installRefusal(complaint);
  say("npm ci refuses the lock file; installing without saving");
  const second = await run("npm", ["install", "--no-save", "--loglevel=error"]);
  if (second !== null) throw installRefusal(second);
  rememberInstallation();
}

function rememberInstallation() {
  writeFileSync(join(repository, installationStamp), hashOfLock());
}

function hashOfLock() {
  return createHash("sha256")
    .update(readText("package-lock.json") ?? "")
    .digest("hex");
}

/**
 * Why node_modules does not hold what the lock file says, or null: we installed from this very file,
 * or what npm noted as its last act (node_modules/.package-lock.json) agrees with it, as after an
 * `npm install` by hand.
 */
function staleness() {
  if (readText(installationStamp) === hashOfLock()) return null;
  const lock = readJson("package-lock.json");
  const installed = readJson(join("node_modules", ".package-lock.json"));
  if (lock === null) throw new Refusal("package-lock.json is missing: is this a complete clone?");
  if (installed === null) return "first time, about a minute";
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === "" || wanted.link || !path.startsWith("node_modules/")) continue;
    const found = installed.packages[path];
    // Optional packages of other platforms are in the lock file and not on the disk.
    if (found === undefined && (wanted.optional || wanted.devOptional || wanted.peer)) continue;
    if (found?.version !== wanted.version) return `${path.slice("node_modules/".length)} changed`;
  }
  return null;
}

function installRefusal(complaint) {
  const line = complaint.split("\n").find((text) => /npm (error|ERR!)/.test(text)) ?? complaint;
  return new Refusal(
    `The packages could not be installed (${line.trim()}): check the network and the free disk space, then try again.`,
  );
}

async function checkNode24() {
  if (nodeVersion() === NODE_WANTED) return;
  // The package `node` brings its program by an install script, which may have been switched off.
  say(`fetching Node ${NODE_WANTED}`);
  await run("npm", ["rebuild", "node", "--ignore-scripts=false", "--loglevel=error"]);
  if (nodeVersion() === NODE_WANTED) return;
  throw new Refusal(
    `node_modules/.bin/node is not Node ${NODE_WANTED}: allow the install script of the package "node", remove node_modules and try again.`,
  );
}

function nodeVersion() {
  if (!existsSync(node24)) return null;
  const asked = spawnSync(node24, ["--version"], { encoding: "utf8" });
  return asked.status === 0 ? Number(/^v(\d+)/.exec(asked.stdout)?.[1]) : null;
}

// --- dashboards -----------------------------------------------------------------------------------

async function buildDashboards() {
  const stampPath = join(repository, "dashboards", "dist", ".stamp");
  const stamp = hashOfSources();
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp) return;
  say("building the dashboards");
  const complaint = await run("npm", ["run", "build", "-w", "dashboards", "--silent"]);
  if (complaint !== null) {
    throw new Refusal(`The dashboards could not be built:\n${complaint.trim()}`);
  }
  writeFileSync(stampPath, stamp);
}

function hashOfSources() {
  const hash = createHash("sha256");
  const roots = ["dashboards", join("core", "contracts", "src"), "package-lock.json"];
  for (const path of roots.flatMap(filesBelow).toSorted(byName)) {
    hash
      .update(path)
      .update("\0")
      .update(readFileSync(join(repository, path)));
  }
  return hash.digest("hex");
}

function byName(a, b) {
  return a < b ? -1 : 1;
}

function filesBelow(path) {
  const ignored = new Set(["node_modules", "dist", "test", ".vite"]);
  const full = join(repository, path);
  if (path.endsWith(".json") && !path.includes("dashboards")) return [path];
  return readdirSync(full, { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const child = join(path, entry.name);
    return entry.isDirectory() ? filesBelow(child) : [child];
  });
}

// --- programs for tests ---------------------------------------------------------------------------

/** Programs that npm does not bring, the Debian package of each, and what cannot run without it. */
const testPrograms = [
  { program: "chromium", debian: "chromium", without: "browser journeys" },
  { program: "redis-server", debian: "redis-server", without: "job tests on Redis" },
  { program: "mosquitto", debian: "mosquitto", without: "journeys with an external broker" },
];

/** Leaves a note for deploy/test/run.ts: what is missing, so that what is skipped has a name. */
async function prepareTests() {
  let missing = testPrograms.filter(isMissing);
  if (missing.length > 0 && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    await aptInstall(missing.map(({ debian }) => debian));
    missing = missing.filter(isMissing);
  }
  for (const { program, without } of missing) say(`${program} is not installed: no ${without}`);
  const hasTimescale = await fetchTimescale();
  const note = {
    missing: missing.map(({ program, without }) => ({ program, without })),
    hasTimescale,
  };
  mkdirSync(join(repository, ".cache"), { recursive: true });
  writeFileSync(join(repository, ".cache", "test-needs.json"), JSON.stringify(note, null, 2));
}

function isMissing({ program }) {
  // Debian puts daemons into sbin, which an ordinary user's PATH lacks.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/bin"];
  return !folders.some((folder) => existsSync(join(folder, program)));
}

async function aptInstall(packages) {
  say(`installing ${packages.join(", ")} by apt`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["-qq", "update"], env);
  const flags = ["-qq", "-y", "--no-install-recommends"];
  const complaint = await run("apt-get", ["install", ...flags, ...packages], env);
  if (complaint !== null) say(`apt could not: ${complaint.trim().split("\n").at(-1)}`);
}

async function fetchTimescale() {
  const complaint = await run(node24, [join("deploy", "database", "fetch.ts")]);
  if (complaint !== null) say(`no TimescaleDB here: ${complaint.trim().split("\n").at(-1)}`);
  return complaint === null;
}

// --- running programs -----------------------------------------------------------------------------

/** Runs a program and resolves to null, or to what it printed when it failed. Says that it still runs. */
async function run(program, args, env = {}) {
  const [command, ...rest] = program === "npm" ? [...npm(), ...args] : [program, ...args];
  const startedAt = Date.now();
  const timer = setInterval(() => {
    say(`  … ${Math.round((Date.now() - startedAt) / 1000)} s`);
  }, PROGRESS_EVERY_MS);
  try {
    return await new Promise((resolve) => {
      const child = spawn(command, rest, {
        cwd: repository,
        env: {
          ...process.env,
          ...env,
          PATH: `${binFolder}${delimiter}${process.env.PATH ?? ""}`,
        },
        stdio: ["ignore", "pipe", "pipe"],
        shell: process.platform === "win32" && program === "npm",
      });
      let output = "";
      const keep = (chunk) => (output = (output + chunk.toString()).slice(-20_000));
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
      child.once("error", (error) => resolve(`${program}: ${error.message}`));
      child.once("close", (code) => resolve(code === 0 ? null : output || `exit code ${code}`));
    });
  } finally {
    clearInterval(timer);
  }
}

// Under `npm start` the npm that called us; it runs on the Node that called it.
function npm() {
  const { npm_execpath: path } = process.env;
  return path?.endsWith(".js") ? [process.execPath, path] : ["npm"];
}

function readJson(path) {
  try {
    return JSON.parse(readText(path) ?? "null");
  } catch {
    return null;
  }
}

function readText(path) {
  try {
    return readFileSync(join(repository, path), "utf8");
  } catch {
    return null;
  }
}

function say(text) {
  console.log(text);
}

try {
  await main(process.argv[2] ?? "start");
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
