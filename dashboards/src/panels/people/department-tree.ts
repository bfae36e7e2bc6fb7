import type { Department } from "@millwright/contracts/api";

/** A department and how many are above it. */
export type DepartmentRow = { department: Department; depth: number };

/**
 * Departments in the order of a tree, children below their parent, siblings as they came. `without`
 * leaves out one with everything below it: what cannot be its own parent.
 */
export function departmentTree(
  departments: readonly Department[],
  without: string | null = null,
): DepartmentRow[] {
  const ids = new Set(departments.map(({ departmentId }) => departmentId));
  const rows: DepartmentRow[] = [];
  // Each is removed when it is placed, so that a cycle in bad data ends.
  const left = new Set(departments);
  const place = (parentId: string | null, depth: number) => {
    for (const department of left) {
      const parent = ids.has(department.parentId ?? "") ? department.parentId : null;
      if (parent !== parentId || !left.delete(department)) continue;
      if (department.departmentId === without) continue;
      rows.push({ department, depth });
      place(department.departmentId, depth + 1);
    }
  };
  place(null, 0);
  return rows;
}
