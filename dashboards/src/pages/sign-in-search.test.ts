import { expect, test } from "vitest";

import { readSignInSearch } from "./sign-in-search.ts";

test("comes back to the page that was asked for, with its filter", () => {
  const returnTo = "/work-orders?state=draft#top";
  expect(readSignInSearch({ returnTo })).toEqual({ returnTo });
});

test.each([
  "https://evil.example",
  "//evil.example",
  "/\\evil.example",
  "/\t/evil.example",
  "/a\\..\\\\evil.example",
  "javascript:alert(1)",
  "",
  7,
  // It would come back to itself for ever.
  "/sign-in?returnTo=/",
])("does not leave for %s", (returnTo) => {
  expect(readSignInSearch({ returnTo })).toEqual({});
});
