import { expect, test } from "vitest";

import { codeAt, newTotpSecret, stepOfCode, totpUri } from "./totp.ts";

/** "12345678901234567890" in base32, the secret of RFC 6238, appendix B. */
const rfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

// RFC 6238, appendix B, SHA-1: the last six of the eight digits.
test.each([
  [59, "287082"],
  [1_111_111_109, "081804"],
  [1_111_111_111, "050471"],
  [1_234_567_890, "005924"],
  [2_000_000_000, "279037"],
  [20_000_000_000, "353130"],
])("at %i s the code is %s", (seconds, code) => {
  const now = new Date(seconds * 1000);
  expect(codeAt(rfcSecret, now)).toBe(code);
  const step = stepOfCode(rfcSecret, { code, now, lastStep: null });
  expect(step).toBe(Math.floor(seconds / 30));
});

test("a code is taken one step early or late, not two, and not again", () => {
  const now = new Date(1_111_111_111_000);
  const at = (ms: number) => codeAt(rfcSecret, new Date(now.getTime() + ms));
  const step = Math.floor(now.getTime() / 30_000);
  const ask = (code: string, lastStep: number | null) =>
    stepOfCode(rfcSecret, { code, now, lastStep });
  expect(ask(at(-30_000), null)).toBe(step - 1);
  expect(ask(at(30_000), null)).toBe(step + 1);
  expect(ask(at(-60_000), null)).toBeNull();
  expect(ask(at(60_000), null)).toBeNull();
  expect(ask(at(0), step)).toBeNull();
  expect(ask(at(-30_000), step)).toBeNull();
  expect(ask(at(30_000), step)).toBe(step + 1);
});

test.each(["", "12345", "1234567", "abcdef", "05047\u0661"])("%j is no code", (code) => {
  const now = new Date(1_111_111_111_000);
  expect(stepOfCode(rfcSecret, { code, now, lastStep: null })).toBeNull();
});

test("a secret has 160 bits, and its address says whose it is", () => {
  const secret = newTotpSecret();
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  const uri = totpUri(secret, { companyName: "Berg & Co", email: "a@example.com" });
  expect(uri).toContain("otpauth://totp/Millwright%20Berg%20%26%20Co:a%40example.com");
  expect(uri).toContain(`secret=${secret}`);
});
