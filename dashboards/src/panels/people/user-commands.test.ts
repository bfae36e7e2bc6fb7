import type { User } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { refusalOf, userCommands } from "./user-commands.ts";

const worker: User & { sessions: unknown[] } = {
  userId: "019a0000-0000-7000-8000-000000000001",
  name: "Worker",
  email: "worker@example.com",
  state: "active",
  roles: [],
  departmentId: null,
  departmentName: null,
  hasTotp: false,
  lastSeenTime: null,
  version: 1,
  sessions: [],
};
const administrator = { mayChange: true, isMe: false };

function allowedFor(change: Partial<typeof worker>, asker = administrator) {
  const user = { ...worker, ...change };
  return userCommands.filter((command) => refusalOf(command, user, asker) === null);
}

test.each([
  [{ state: "active" }, ["send_link", "deactivate"]],
  [{ state: "invited" }, ["send_link", "deactivate"]],
  [{ state: "locked" }, ["send_link", "unlock", "deactivate"]],
  [{ state: "inactive" }, ["activate"]],
  [{ hasTotp: true, sessions: [{}] }, ["send_link", "end_sessions", "remove_totp", "deactivate"]],
] as const)("offers for %o what would do something", (change, commands) => {
  const { sessions = [], ...rest } = { sessions: undefined, ...change };
  expect(allowedFor({ ...rest, sessions: [...sessions] })).toEqual(commands);
});

test("offers nothing to who may only read", () => {
  expect(allowedFor({ hasTotp: true }, { mayChange: false, isMe: false })).toEqual([]);
});

test("lets nobody deactivate themselves", () => {
  expect(refusalOf("deactivate", worker, { mayChange: true, isMe: true })).toBe("yourself");
});
