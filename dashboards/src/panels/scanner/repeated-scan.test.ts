import { expect, test } from "vitest";

import { isRepeatedScan } from "./repeated-scan.ts";

test.each([
  [null, { text: "A-01", time: 10 }, false],
  [{ text: "A-01", time: 0 }, { text: "A-01", time: 1_999 }, true],
  [{ text: "A-01", time: 0 }, { text: "A-01", time: 2_000 }, false],
  [{ text: "A-01", time: 0 }, { text: "A-02", time: 1 }, false],
])("%j then %j", (last, next, repeated) => expect(isRepeatedScan(last, next)).toBe(repeated));
