import { expect, test } from "vitest";

import { checkPassword } from "./check-password.ts";

const owner = { name: "Anna Maria Berg", email: "a.berg@example.com", companyName: "Berg Metall" };

test.each([
  ["passwordpassword", "password.too_common"],
  ["Password-1234", "password.too_common"],
  ["1Qaz2Wsx3Edc", "password.too_common"],
  ["letmein letmein", "password.too_common"],
  ["aaaaaaaaaaaa", "password.too_common"],
  ["121212121212", "password.too_common"],
  ["abcdefghijklm", "password.too_common"],
  ["098765432109", "password.too_common"],
  ["anna-maria-2026", "password.own_name"],
  ["BergMetall2026", "password.own_name"],
  ["Millwright2026!", "password.own_name"],
])("refuses %s", (password, code) => {
  expect(() => checkPassword(password, owner)).toThrow(expect.objectContaining({ code }));
});

test.each([
  "lathe spindle copper",
  "Kühlmittel und Späne",
  "anna drills 40 holes",
  "车床主轴冷却液铜屑钢板扳手",
])("takes %s", (password) => {
  expect(() => checkPassword(password, owner)).not.toThrow();
});
