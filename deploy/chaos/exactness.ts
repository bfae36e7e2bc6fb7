import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

import { mosquittoAvailable } from "../test/mosquitto.ts";
import { inTenant } from "./database-query.ts";
import { recordDayOutage } from "./day-outage.ts";
import { type ExactPlant, startExactPlant } from "./exact-plant.ts";
import { type Fault, faults, revive, type Scene } from "./faults.ts";
import { type Gateway, makeGateway } from "./gateway.ts";
import { seededRandom } from "./random.ts";
import { type Findings, verify } from "./verify.ts";

/**
 * chaos: a whole plant counts pieces (PLC → edge agent → broker → ingest → database → core, worker)
 * while its parts are killed, paused, cut off, run out of disk or get another clock. After each trial
 * every reading on the gateway's disk must be stored once or stand in the gap ledger, and the order's
 * pieces and the unassigned ones must be what the PLC says. One trial lets the gateway's log run over
 * its budget, so that data is lost on purpose; one is a simulated day without network.
 *
 * `--trials N --seed S`: the first half on the embedded broker, the second on Mosquitto where there
 * is one (`--broker embedded` or `mosquitto`: all on that). `--faults clock` takes only faults whose name
 * has that word. The last line of standard output is `{trials, sent, lost, duplicated, gaps_wrong, seed, …}`.
 * Fails when any trial finds anything wrong. The seed repeats the choice of faults and their times.
 */
const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    broker: { type: "string", default: "both" },
    faults: { type: "string", default: "" },
  },
});
const trials = Number(values.trials);
const seed = Number(values.seed);
const random = seededRandom(seed);

/** How long a fault lasts, ms: often short, now and then longer than keepalives and timeouts. */
const shortFaultMs = [200, 2500] as const;
const longFaultMs = [10_000, 20_000] as const;
const longFaultShare = 0.04;
const secondFaultShare = 0.25;
const holdShare = 0.2;
const pieceEveryMs = 20;
/** Time for reconnections (at most 15 s), recovery of the database and the replay. */
const settleMsMax = 120_000;
const settleLookMs = 200;
/** Filling the log takes some 10 s. */
const overflowMsMax = 60_000;
const trimMsMax = 500;
/** The second of this many trials lets the log run over its budget. */
const overflowEvery = 50;
/** The day without network comes in the middle of the trials, after that. */
const dayTurnMin = 2;
/** Short runs have one day, on their first broker. */
const dayOnEachBrokerMin = 20;
const dayName = "24 h outage";

// Its processes end with it; its disks in memory are taken away on the way out.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

type Report = { sent: number; lost: number; duplicated: number; gaps_wrong: number };
const report: Report = { sent: 0, lost: 0, duplicated: 0, gaps_wrong: 0 };
const done: Record<string, number> = {};
const endedByThemselves: Record<string, number> = {};
let pieces = 0;
let failure: string | null = null;
let trial = 0;

const leftOut = new Set<string>();
try {
  const onMosquitto = shareOfMosquitto();
  if (onMosquitto < trials) await runOn("embedded", trials - onMosquitto);
  if (onMosquitto > 0) await runOn("mosquitto", onMosquitto);
} catch (error) {
  console.error(error);
  failure = `trial ${trial}: ${error instanceof Error ? error.message : String(error)}`;
}
const isGood =
  failure === null && report.lost + report.duplicated + report.gaps_wrong === 0 && report.sent > 0;
console.log(
  JSON.stringify({
    trials: trial,
    ...report,
    seed,
    pieces,
    faults: done,
    ended_by_themselves: endedByThemselves,
    left_out: [...leftOut],
    ...(failure !== null && { failure }),
  }),
);
process.exit(isGood ? 0 : 1);

/** How many of the trials run on Mosquitto: by `--broker`, and none where it is not installed. */
function shareOfMosquitto(): number {
  const { broker } = values;
  if (broker === "embedded") return 0;
  if (!mosquittoAvailable()) {
    leftOut.add("mosquitto: not installed");
    return 0;
  }
  return broker === "mosquitto" ? trials : Math.floor(trials / 2);
}

async function runOn(broker: "embedded" | "mosquitto", count: number): Promise<void> {
  await using exact = await startExactPlant(broker);
  try {
    await runTrials(exact, count);
  } catch (error) {
    console.error(exact.plant.logs());
    throw error;
  }
}

async function runTrials(exact: ExactPlant, count: number): Promise<void> {
  const brokerPort = exact.brokerWire.port;
  await using gateway = await makeGateway(exact.plant, { edgeNodeId: "gateway-1", brokerPort });
  if (gateway.disk === null || exact.databaseDisk === null) {
    leftOut.add("full disk: mounting a tmpfs needs root");
  }
  await gateway.agent.start();
  const keeping = setInterval(() => gateway.truth.keep(), settleLookMs);
  try {
    await settle(exact, gateway, { gapsBefore: 0, withBulk: true });
    let gaps = 0;
    for (let turn = 0; turn < count; turn += 1) {
      trial += 1;
      const started = performance.now();
      const isOverflow = turn % overflowEvery === 1;
      const mayBeDay = count >= dayOnEachBrokerMin || done[dayName] === undefined;
      const isDay = mayBeDay && turn === Math.max(dayTurnMin, Math.floor(count / 2));
      const what = isOverflow
        ? await overflow(exact, gateway)
        : isDay
          ? await dayOutage(exact)
          : await faultTrial({ exact, gateway, random });
      done[what] = (done[what] ?? 0) + 1;
      const isLast = turn === count - 1;
      const found = await settle(exact, gateway, {
        gapsBefore: isOverflow ? null : gaps,
        withBulk: isOverflow || isLast,
      });
      gaps = found.gaps;
      judge(found, what);
      if (isLast) report.sent += found.sent;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.error(`trial ${trial}: ${what}: ${gateway.made.good} pieces, ${seconds} s`);
    }
    pieces += gateway.made.good + gateway.made.scrap;
  } finally {
    clearInterval(keeping);
    // Before its disk goes.
    await gateway.agent.stop();
  }
}

/** One or two faults at once while pieces are made; the order may be held meanwhile. */
async function faultTrial(scene: Scene): Promise<string> {
  const { api, workOrderId } = scene.gateway;
  const chosen = chooseFaults(scene);
  const isHeld = random() < holdShare;
  if (isHeld) await api.command(workOrderId, "hold", "chaos");
  await produce(scene.gateway, random() * 500);
  const mends: Awaited<ReturnType<Fault["begin"]>>[] = [];
  for (const fault of chosen) mends.push(await fault.begin(scene));
  const [least, most] = random() < longFaultShare ? longFaultMs : shortFaultMs;
  await produce(scene.gateway, least + random() * (most - least));
  for (const stage of ["ground", "process"] as const) {
    for (const mend of mends) if (mend.stage === stage) await mend.mend();
  }
  await produce(scene.gateway, 300);
  await bringBack(scene);
  if (isHeld) await api.command(workOrderId, "resume", "chaos");
  return chosen.map(({ name }) => name).join(" + ");
}

function chooseFaults({ exact, gateway }: Scene): Fault[] {
  const possible = faults.filter(
    (fault) => fault.name.includes(values.faults) && fault.isPossible(exact, gateway),
  );
  const first = pick(possible);
  const others = possible.filter(({ part }) => part !== first.part);
  if (others.length === 0 || random() >= secondFaultShare) return [first];
  return [first, pick(others)];
}

function pick(choice: readonly Fault[]): Fault {
  const fault = choice[Math.floor(random() * choice.length)];
  if (fault === undefined) throw new Error("bug: no fault is possible");
  return fault;
}

/** As the supervisor of a plant does, whatever ended. */
async function bringBack(scene: Scene): Promise<void> {
  for (const name of await revive(scene)) {
    endedByThemselves[name] = (endedByThemselves[name] ?? 0) + 1;
  }
}

/** The broker is away until the gateway's log has dropped what nobody has: lost on purpose. */
async function overflow(exact: ExactPlant, gateway: Gateway): Promise<string> {
  exact.brokerWire.cut();
  const deadline = Date.now() + overflowMsMax;
  // Acknowledgements that had come before the cut still trim; from here on only the budget drops.
  await produce(gateway, trimMsMax);
  const oldest = gateway.truth.oldestSegment();
  while (gateway.truth.oldestSegment() === oldest) {
    if (Date.now() > deadline) throw new Error("the log did not reach its budget");
    gateway.changeBulk();
    gateway.makePiece();
    await pause(pieceEveryMs);
  }
  exact.brokerWire.mend();
  return "log over its budget";
}

/** A gateway of its own that comes back after a day; ingest is killed in the middle of the replay. */
async function dayOutage(exact: ExactPlant): Promise<string> {
  const { plant, brokerWire } = exact;
  const edgeNodeId = `gateway-day-${trial}`;
  await using gateway = await makeGateway(plant, { edgeNodeId, brokerPort: brokerWire.port });
  // The broker was away that day; and ingest, which holds bindings in memory, learns of them anew.
  await plant.ingest.kill();
  await recordDayOutage(gateway, inTenant(plant.database));
  await plant.ingest.start();
  await gateway.agent.start();
  try {
    await produce(gateway, 2000 + random() * 3000);
    await plant.ingest.kill();
    await produce(gateway, 500);
    await plant.ingest.start();
    const found = await settle(exact, gateway, { gapsBefore: 0, withBulk: true });
    judge(found, "day outage");
    report.sent += found.sent;
    pieces += gateway.made.good + gateway.made.scrap;
  } finally {
    await gateway.agent.stop();
  }
  return dayName;
}

async function produce(gateway: Gateway, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    gateway.makePiece();
    await pause(pieceEveryMs);
  }
}

/** Waits until everything has arrived and compares. What is wrong is looked at again until it is late. */
async function settle(
  { plant }: ExactPlant,
  gateway: Gateway,
  expected: Parameters<typeof verify>[2],
): Promise<Findings> {
  const deadline = Date.now() + settleMsMax;
  let problem: unknown = null;
  while (Date.now() < deadline) {
    try {
      const found = await verify(plant, gateway, expected);
      if (typeof found !== "string") {
        if (found.details.length === 0) return found;
        // What is there twice, and a record that was passed over, does not heal.
        if (Date.now() > deadline - settleMsMax / 2) return found;
      }
      problem = typeof found === "string" ? found : found.details;
    } catch (error) {
      // Core may be on its way up.
      problem = error;
    }
    await pause(settleLookMs);
  }
  const detail = problem instanceof Error ? problem.message : JSON.stringify(problem);
  throw new Error(`not settled within ${settleMsMax} ms: ${detail}`, { cause: problem });
}

function judge(found: Findings, what: string): void {
  report.lost += found.lost;
  report.duplicated += found.duplicated;
  report.gaps_wrong += found.gapsWrong;
  for (const detail of found.details) console.error(`trial ${trial} (${what}): ${detail}`);
}
