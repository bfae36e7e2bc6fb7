import { expect, test } from "vitest";

import { coreConfigSchema, readConfig } from "./config.ts";

const DATABASE_URL = "postgresql://mw_core:secret@localhost/millwright?host=/run/pg";

test("what is not set, or set to nothing, has its default", () => {
  expect(readConfig(coreConfigSchema, { DATABASE_URL, PORT: "", HOST: undefined })).toMatchObject({
    HOST: "127.0.0.1",
    PORT: 8080,
    LOG_LEVEL: "info",
  });
});

test.each(["127.0.0.1", "127.1.2.3", "::1", "localhost"])("%s is this machine", (HOST) => {
  expect(readConfig(coreConfigSchema, { DATABASE_URL, HOST }).HOST).toBe(HOST);
});

test.each([
  { change: { HOST: "0.0.0.0" }, says: "HOST" },
  { change: { HOST: "127.0.0.1.example.org" }, says: "HOST" },
  { change: { PORT: "70000" }, says: "PORT" },
  { change: { DATABASE_URL: "" }, says: "DATABASE_URL" },
  { change: { LOG_LEVEL: "loud" }, says: "LOG_LEVEL" },
])("a wrong $says is named, and no secret with it", ({ change, says }) => {
  const read = () => readConfig(coreConfigSchema, { DATABASE_URL, ...change });
  expect(read).toThrow(says);
  expect(read).not.toThrow("secret");
});
