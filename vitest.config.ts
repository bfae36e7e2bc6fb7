import { configDefaults, defineConfig } from "vitest/config";

/**
 * Three layers by suffix (deploy/README.md). Each database test runs once per kind of server;
 * journeys start whole plants, so they run one after the other.
 */
const databaseTests = ["**/*.db.test.ts"];
const journeys = ["deploy/test/journeys/**/*.journey.test.ts"];
const exclude = [...configDefaults.exclude, "**/dist/**", "data/**"];

function databaseLayer(kind: "timescale" | "postgres") {
  return {
    test: {
      name: `db-${kind}`,
      include: databaseTests,
      exclude,
      env: { EMBEDDED_DB: kind },
      globalSetup: [`deploy/test/setup-${kind}.ts`],
      // Some start servers of their own, which takes seconds on a busy machine.
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
}

/**
 * Every tenant in a database of its own (deploy/docs/decisions/0011): what a request, an event and a
 * reading pass through. The other database tests look at one database from inside.
 */
const ownDatabaseTests = [
  "core/src/app.db.test.ts",
  "core/src/worker.db.test.ts",
  "core/src/modules/production/*.db.test.ts",
  "core/src/platform/events/run-subscription.db.test.ts",
  "core/src/platform/authz/*.db.test.ts",
  "core/src/platform/jobs/{jobs-api,enqueue-on-event}.db.test.ts",
  "ingest/src/delivery.db.test.ts",
];

export default defineConfig({
  test: {
    pool: "forks",
    projects: [
      {
        test: {
          name: "pure",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...exclude, ...databaseTests, "**/*.journey.test.ts"],
          // Milliseconds each; but some talk to machines and partners on loopback, and machines are busy.
          testTimeout: 30_000,
        },
      },
      databaseLayer("timescale"),
      databaseLayer("postgres"),
      {
        test: {
          ...databaseLayer("postgres").test,
          name: "db-own",
          include: ownDatabaseTests,
          env: { EMBEDDED_DB: "postgres", TEST_ISOLATION: "database" },
        },
      },
      {
        test: {
          name: "journey",
          include: journeys,
          exclude,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
