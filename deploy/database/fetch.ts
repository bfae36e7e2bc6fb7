import { messageOf } from "../refusal.ts";
import { serverAccount } from "./account.ts";
import { findPrograms } from "./programs.ts";

// `node deploy/database/fetch.ts`: brings the TimescaleDB server into the cache, ahead of its first use.
const DEADLINE_MS = 300_000;
try {
  await findPrograms({
    kind: "timescale",
    account: serverAccount(),
    dataDir: "data",
    deadlineMs: DEADLINE_MS,
    say: console.log,
  });
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
