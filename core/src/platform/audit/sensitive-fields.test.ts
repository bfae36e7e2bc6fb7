import { expect, test } from "vitest";

import { isSensitive, masked, maskSensitive } from "./sensitive-fields.ts";

test.each([
  "password",
  "passwordHash",
  "new_password",
  "clientSecret",
  "token",
  "refreshToken",
  "token_sha256",
  "totpSeed",
  "recoveryCodes",
  "apiKey",
  "API-Key",
  "x-api-key",
  "privateKey",
  "smtpCredentials",
  "Authorization",
  "set-cookie",
  "pin",
  "operatorPin",
  "one_time_otp",
])("%s is sensitive", (name) => {
  expect(isSensitive(name)).toBe(true);
});

test.each(["name", "shippingAddress", "pinion", "adoption", "key", "passes", "sequence"])(
  "%s is not",
  (name) => {
    expect(isSensitive(name)).toBe(false);
  },
);

test("masks at any depth, and keeps that a value was absent", () => {
  expect(
    maskSensitive({
      name: "Mei",
      password: "hunter2",
      totpSecret: null,
      keys: [{ label: "ERP", apiKey: "mw_1" }],
      smtp: { url: "smtp://mail", credentials: { user: "mw", pass: "x" } },
    }),
  ).toEqual({
    name: "Mei",
    password: masked,
    totpSecret: null,
    keys: [{ label: "ERP", apiKey: masked }],
    smtp: { url: "smtp://mail", credentials: masked },
  });
});

test("a record that contains itself ends masked", () => {
  const record: Record<string, unknown> = { name: "loop" };
  record["self"] = record;
  expect(JSON.stringify(maskSensitive(record))).toContain(masked);
});

test("errors and dates are passed on as they are", () => {
  const err = new Error("no such table");
  const at = new Date(0);
  expect(maskSensitive({ err, at })).toEqual({ err, at });
});
