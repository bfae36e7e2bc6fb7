import fc from "fast-check";
import { expect, test } from "vitest";

import { type FlagRule, isOnFor, shareOf } from "./flag.ts";

const off: FlagRule = { isOn: true, percentage: 0, roles: [], siteIds: [] };
const name = fc.stringMatching(/^[a-z]{1,12}$/);
const percentage = fc.integer({ min: 0, max: 100 });

test("a percentage of the people have it, whatever the flag and however alike their names are", () => {
  const people = 4000;
  fc.assert(
    fc.property(name, percentage, fc.string({ maxLength: 20 }), (flag, share, prefix) => {
      const rule = { ...off, percentage: share };
      let on = 0;
      for (let n = 0; n < people; n += 1) {
        if (isOnFor(flag, rule, { key: `${prefix}${n}` })) on += 1;
      }
      // Five standard deviations of a fair draw: one run in two million is outside by chance.
      const p = share / 100;
      const tolerance = 5 * Math.sqrt(people * p * (1 - p));
      expect(Math.abs(on - people * p)).toBeLessThanOrEqual(tolerance);
    }),
    { numRuns: 60 },
  );
});

test("it is sticky: the same answer each time, and raising the percentage takes it from nobody", () => {
  fc.assert(
    fc.property(name, fc.uuid(), percentage, percentage, (flag, key, a, b) => {
      const at = (share: number) => isOnFor(flag, { ...off, percentage: share }, { key });
      expect(at(a)).toBe(at(a));
      if (at(Math.min(a, b))) expect(at(Math.max(a, b))).toBe(true);
    }),
  );
});

test("two flags draw independently: half of those who have one have the other", () => {
  const rule = { ...off, percentage: 50 };
  const keys = Array.from({ length: 4000 }, (_, n) => `person ${n}`);
  const both = keys.filter(
    (key) => isOnFor("one", rule, { key }) && isOnFor("other", rule, { key }),
  );
  expect(both.length).toBeGreaterThan(850);
  expect(both.length).toBeLessThan(1150);
});

test("the share of a key never changes from one release to the next", () => {
  expect(shareOf("plant.late_orders", "person-1")).toBeCloseTo(0.3638064793776721, 9);
  expect(shareOf("plant.late_orders", "Größe")).toBeCloseTo(0.30306938756257296, 9);
});

const site = "01890000-0000-7000-8000-000000000001";
test.each([
  { says: "nobody at 0 %", rule: off, subject: { key: "a" }, on: false },
  {
    says: "everybody at 100 %",
    rule: { ...off, percentage: 100 },
    subject: { key: "a" },
    on: true,
  },
  {
    says: "a role, at 0 %",
    rule: { ...off, roles: ["planner"] },
    subject: { key: "a", roles: ["viewer", "planner"] },
    on: true,
  },
  {
    says: "another role not",
    rule: { ...off, roles: ["planner"] },
    subject: { key: "a", roles: ["viewer"] },
    on: false,
  },
  {
    says: "a site, at 0 %",
    rule: { ...off, siteIds: [site] },
    subject: { key: "a", siteIds: [site] },
    on: true,
  },
  {
    says: "nobody when it is off, whatever else is said",
    rule: { isOn: false, percentage: 100, roles: ["planner"], siteIds: [site] },
    subject: { key: "a", roles: ["planner"], siteIds: [site] },
    on: false,
  },
])("$says", ({ rule, subject, on }) => {
  expect(isOnFor("any", rule, subject)).toBe(on);
});
