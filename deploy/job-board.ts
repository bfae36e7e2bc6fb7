import { resolve } from "node:path";

import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";

import { systemClock } from "../core/src/platform/clock.ts";
import { Databases } from "../core/src/platform/db/databases.ts";
import { JobQueues } from "../core/src/platform/jobs/job-queues.ts";
import { createLog } from "../core/src/platform/observe/log.ts";
import { openInstallation } from "./mw/installation.ts";

/**
 * `npm run job-board`: bull-board over the queues of the installation in DATA_DIR (or DATABASE_URL, or
 * REDIS_URL), for who runs it, on loopback (BOARD_PORT) until Ctrl-C. It knows no companies: it shows the jobs of all and changes
 * nothing, which is why core does not serve it to a company's administrators (their page is Jobs).
 */
const { DATABASE_URL, REDIS_URL, DATA_DIR = "data", BOARD_PORT = "8090" } = process.env;
const log = createLog({ process: "job-board", level: "warn" });
const installation = await openInstallation(resolve(DATA_DIR), DATABASE_URL);
const db = await Databases.open(installation.adminUrl, { poolMax: 2, log });
const jobs = await JobQueues.open({ db, redisUrl: REDIS_URL, clock: systemClock, log });
const queues = await Promise.all(
  jobs.byDatabase().map(async ({ name, queue }) => ({ name, engine: await queue.engine() })),
);

const board = new HonoAdapter(serveStatic);
createBullBoard({
  queues: queues.map(
    ({ name, engine }) =>
      // The adapter takes the whole of BullMQ's queue, of which our type names what we use. All queues
      // have the same name in BullMQ: the prefix tells the board which is meant.
      new BullMQAdapter(engine.queue as never, { readOnlyMode: true, prefix: `${name} ` }),
  ),
  serverAdapter: board,
});
const app = new Hono().route("/", board.registerPlugin());
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(BOARD_PORT) }, ({ port }) => {
  console.log(`bull-board: http://127.0.0.1:${port} (reads only; Ctrl-C ends it)`);
});
