import { expect, test } from "vitest";

import { coreConfigSchema, readConfig } from "./config.ts";

const DATABASE_URL = "postgresql://mw_core:secret@localhost/millwright?host=/run/pg";

const SIGNING_KEYS = "a signing secret of thirty-two characters";
const given = { DATABASE_URL, SIGNING_KEYS };

test("what is not set, or set to nothing, has its default", () => {
  expect(readConfig(coreConfigSchema, { ...given, PORT: "", HOST: undefined })).toMatchObject({
    HOST: "127.0.0.1",
    PORT: 8080,
    LOG_LEVEL: "info",
  });
});

test.each([
  { change: { PORT: "70000" }, says: "PORT" },
  { change: { DATABASE_URL: "" }, says: "DATABASE_URL" },
  { change: { LOG_LEVEL: "loud" }, says: "LOG_LEVEL" },
  { change: { SIGNING_KEYS: "short secret" }, says: "SIGNING_KEYS" },
  { change: { CORS_ORIGINS: "https://a.example/secret" }, says: "CORS_ORIGINS" },
])("a wrong $says is named, and no secret with it", ({ change, says }) => {
  const read = () => readConfig(coreConfigSchema, { ...given, ...change });
  expect(read).toThrow(says);
  expect(read).not.toThrow("secret");
});
