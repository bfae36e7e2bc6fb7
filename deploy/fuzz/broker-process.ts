import { createHash } from "node:crypto";

import { listenEmbedded } from "../../ingest/src/broker/embedded.ts";
import { Cell } from "../../ingest/src/session/cell.ts";

/** The embedded broker alone in a process, so that what kills it kills nobody else. */
const cell = new Cell();
const tokenSha256 = createHash("sha256").update("secret").digest();
const tenantId = "00000000-0000-4000-8000-000000000001";
cell.replace([{ groupId: "plant", edgeNodeId: "gw", tenantId, tokenSha256 }], []);
let count = 0;
const broker = await listenEmbedded({
  host: "127.0.0.1",
  port: 0,
  cell,
  events: {
    receive: () => {
      count += 1;
    },
    refused: () => {},
  },
});
process.on("message", () => process.send?.({ count, rss: process.memoryUsage.rss() }));
process.on("disconnect", () => process.exit(0));
process.send?.({ port: broker.port });
