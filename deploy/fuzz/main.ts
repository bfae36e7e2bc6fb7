import { parseArgs } from "node:util";

import { fuzzBrokerFront } from "./broker-front.ts";
import { fuzzLogFolders } from "./log-folder.ts";
import { fuzz, type Tally } from "./run.ts";
import { pureTargets } from "./targets.ts";

/**
 * fuzz: random and damaged bytes at everything that reads what strangers or a failing disk wrote:
 * payload decoder, topic parser and log reader `--runs` times each; whole log folders and the broker's
 * socket, which cost a thousand times as much, by `--folders` and `--connections`. Prints one JSON;
 * ends with 1 and the failing seed at the first crash, hang or growth.
 */
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000000" },
    folders: { type: "string" },
    connections: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
const costly = Math.ceil(runs / 200);

try {
  const tallies: Record<string, Tally> = {};
  for (const [name, target] of Object.entries(pureTargets)) {
    tallies[name] = fuzz(name, target, { runs, seed });
  }
  const { log } = pureTargets;
  if (log === undefined) throw new Error("no log target");
  tallies["logFolders"] = await fuzzLogFolders(log, {
    runs: Number(values.folders ?? costly),
    seed,
  });
  tallies["brokerFront"] = await fuzzBrokerFront({
    runs: Number(values.connections ?? costly),
    seed,
  });
  console.log(JSON.stringify({ seed, ...tallies }));
} catch (error) {
  console.error(error);
  console.log(
    JSON.stringify({ seed, failed: error instanceof Error ? error.message : String(error) }),
  );
  process.exit(1);
}
