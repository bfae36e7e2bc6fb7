import { startBeside } from "../../../platform/threads/start-beside.ts";
import type { Crew } from "../engine/mrp/crew.ts";

/** One more thread: with the caller's own it is two, and each reads and writes a lot of memory. */
export const helpMrp: Crew = (run) => startBeside(new URL("./mrp-helper.ts", import.meta.url), run);
