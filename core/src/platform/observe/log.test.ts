import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

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

test("a process whose reader has died can still exit", async () => {
  const program = `
    import { createLog } from ${JSON.stringify(join(import.meta.dirname, "log.ts"))};
    const log = createLog({ process: "test", level: "info" });
    process.stdin.once("end", () => {
      for (let line = 0; line < 2_000; line += 1) log.warn({ line }, "nobody reads this");
      process.exit(0);
    }).resume();`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  child.stdout.destroy();
  child.stdin.end();
  expect(await once(child, "exit")).toEqual([0, null]);
});
