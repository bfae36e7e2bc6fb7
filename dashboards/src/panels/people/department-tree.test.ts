import type { Department } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { departmentTree } from "./department-tree.ts";

function department(departmentId: string, parentId: string | null): Department {
  return { departmentId, name: departmentId, parentId, siteId: null, version: 1 };
}

function drawn(departments: Department[], without: string | null = null): string[] {
  return departmentTree(departments, without).map(
    ({ department, depth }) => `${"-".repeat(depth)}${department.name}`,
  );
}

const works = [
  department("assembly", "production"),
  department("production", null),
  department("purchasing", null),
  department("line 1", "assembly"),
];

test("places children below their parent, whatever the order they come in", () => {
  expect(drawn(works)).toEqual(["production", "-assembly", "--line 1", "purchasing"]);
});

test("leaves out a department with everything below it", () => {
  expect(drawn(works, "assembly")).toEqual(["production", "purchasing"]);
});

test("shows a department whose parent is not there at the top", () => {
  expect(drawn([department("orphan", "gone")])).toEqual(["orphan"]);
});

test("ends on a cycle, which no screen can draw", () => {
  expect(drawn([department("a", "b"), department("b", "a"), ...works])).toEqual(drawn(works));
});
