import { afterAll, beforeAll, expect, test } from "vitest";

import { openPlatform } from "../../core/src/platform/open-platform.ts";
import { SubscriptionRunner } from "../../core/src/platform/events/run-subscription.ts";
import { webhookDeliveries } from "../../core/src/platform/webhooks/webhook-deliveries.ts";
import { kindFromEnvironment } from "../database/server.ts";
import { withDatabase } from "../migrate/roles.ts";
import { createTestDatabase, type TestDatabase } from "../test/database.ts";
import { sharedServer } from "../test/server.ts";
import { replay } from "./replay.ts";

let database: TestDatabase;
let urls: { adminUrl: string; coreUrl: string };

beforeAll(async () => {
  database = await createTestDatabase();
  const { superuserUrl } = await sharedServer(kindFromEnvironment());
  const name = new URL(database.urls.owner).pathname.slice(1);
  urls = { adminUrl: withDatabase(superuserUrl, name), coreUrl: database.urls.core };
});
afterAll(async () => {
  await database?.[Symbol.asyncDispose]();
});

test("asks for what the board asks for, and refuses in words", async () => {
  const databaseUrl = database.urls.worker;
  await using platform = await openPlatform({ process: "t", databaseUrl, logLevel: "silent" });
  const [home] = platform.db.homes();
  if (home === undefined) throw new Error("no database");
  const runner = new SubscriptionRunner(webhookDeliveries(), { ...platform, ...home });
  while (await runner.catchUp());
  const asked = { ...urls, subscription: "platform.webhooks" };
  expect(await replay({ ...asked, fromPosition: "0" })).toHaveProperty("position");
  await expect(replay({ ...asked, fromPosition: "999999999" })).rejects.toThrow(
    /not come that far/,
  );
  const unknown = replay({ ...asked, subscription: "nobody", fromPosition: "0" });
  await expect(unknown).rejects.toThrow("There is no subscription nobody");
});
