import { kindFromEnvironment, startServer } from "../database/server.ts";

// `hold-server.ts FOLDER KIND`: a server of another process, held until standard input ends.
const [dataDir = "", kind] = process.argv.slice(2);
const asked = kindFromEnvironment(kind);
const server = await startServer({ dataDir, ...(asked && { kind: asked }) });
console.log("ready");
for await (const _ of process.stdin);
await server.stop();
