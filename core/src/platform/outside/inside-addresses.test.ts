import { expect, test } from "vitest";

import { InsideRefused, isInside, outsideOnly } from "./inside-addresses.ts";

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["169.254.169.254", true],
  ["::1", true],
  ["fe80::1", true],
  ["::ffff:10.0.0.1", true],
  ["93.184.216.34", false],
  ["2606:4700::1111", false],
])("%s lies inside: %s", (address, expected) => {
  expect(isInside(address)).toBe(expected);
});

test("a name is judged by the addresses it has when it is connected to", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  outsideOnly("localhost", {}, (error) => resolve(error));
  expect(await promise).toBeInstanceOf(InsideRefused);
});
