// Node-RED as its guides set it up, without what a headless benchmark does not need: no editor, no
// projects. The flow gets a pool of ten connections, as its PostgreSQL nodes would make it.
const { Pool } = require("pg");

module.exports = {
  uiPort: Number(process.env.NODE_RED_PORT),
  uiHost: "127.0.0.1",
  httpAdminRoot: false,
  flowFile: process.env.NODE_RED_FLOW,
  credentialSecret: false,
  functionGlobalContext: {
    pool: new Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  },
  logging: { console: { level: "info", metrics: false, audit: false } },
};
