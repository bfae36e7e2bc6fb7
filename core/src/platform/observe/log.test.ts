import { expect, test } from "vitest";

import { createLog } from "./log.ts";

test("a sensitive field never reaches the log, at any depth; errors keep their story", () => {
  const lines: string[] = [];
  const log = createLog({
    process: "test",
    level: "info",
    to: { write: (line) => void lines.push(line) },
  });
  log.warn(
    {
      err: new Error("sign-in failed"),
      password: "hunter2",
      request: { headers: { authorization: "Bearer abc", accept: "text/html" } },
    },
    "refused",
  );
  const [line] = lines;
  expect(line).not.toMatch(/hunter2|abc/);
  expect(JSON.parse(line ?? "")).toMatchObject({
    name: "test",
    msg: "refused",
    password: "•••",
    err: { type: "Error", message: "sign-in failed" },
    request: { headers: { authorization: "•••", accept: "text/html" } },
  });
});
