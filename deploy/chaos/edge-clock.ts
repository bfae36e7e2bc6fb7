import { readFileSync } from "node:fs";

/**
 * Preloaded into the edge agent by the chaos harness (`NODE_OPTIONS=--import`): its wall clock reads
 * what CLOCK_OFFSET_FILE says in ms beside the machine's, as after a step by hand, by NTP or by an
 * empty battery. Timers and `performance.now()` go on undisturbed, as they do when a system clock is
 * stepped. The agent itself knows nothing of it, and nothing in it was made for this.
 */
const file = process.env["CLOCK_OFFSET_FILE"] ?? "";
const lookEveryMs = 20;
const RealDate = Date;
let offsetMs = readOffset();
setInterval(() => {
  offsetMs = readOffset();
}, lookEveryMs).unref();

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  apply: () => new RealDate(now()).toString(),
  get: (target, key, receiver) =>
    key === "now" ? now : (Reflect.get(target, key, receiver) as unknown),
});

function now(): number {
  return RealDate.now() + offsetMs;
}

function readOffset(): number {
  try {
    return Number(readFileSync(file, "utf8")) || 0;
  } catch {
    return 0;
  }
}
