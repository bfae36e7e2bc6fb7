/** A role and those whose rules it has as well. */
export type Role = {
  readonly role: string;
  readonly title: string;
  readonly parents: readonly string[];
};

/**
 * Each role with itself and everything it inherits, nearest first; each is listed once, so a diamond
 * is harmless. Done once per change of the policy: a decision only looks up.
 */
export function expandRoles(roles: readonly Role[]): ReadonlyMap<string, readonly string[]> {
  const parentsOf = new Map(roles.map(({ role, parents }) => [role, parents]));
  return new Map(
    roles.map(({ role }) => {
      const inherited = new Set([role]);
      // A set grows while it is walked; what is in it already is not walked again, so cycles end.
      for (const each of inherited) {
        for (const parent of parentsOf.get(each) ?? []) {
          if (parentsOf.has(parent)) inherited.add(parent);
        }
      }
      return [role, [...inherited]];
    }),
  );
}

/** A cycle of inheritance as its roles in order, the first repeated at the end; null when there is none. */
export function findCycle(roles: readonly Role[]): readonly string[] | null {
  const parentsOf = new Map(roles.map(({ role, parents }) => [role, parents]));
  const done = new Set<string>();
  for (const { role } of roles) {
    const path = new Set<string>();
    // Iterative: the depth of an inheritance is the tenant's choice, the stack is ours.
    const stack: { role: string; isLeaving: boolean }[] = [{ role, isLeaving: false }];
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      if (step.isLeaving) {
        done.add(step.role);
        path.delete(step.role);
        continue;
      }
      if (done.has(step.role)) continue;
      if (path.has(step.role)) {
        const roles = [...path];
        return [...roles.slice(roles.indexOf(step.role)), step.role];
      }
      path.add(step.role);
      stack.push({ role: step.role, isLeaving: true });
      for (const parent of parentsOf.get(step.role) ?? []) {
        stack.push({ role: parent, isLeaving: false });
      }
    }
  }
  return null;
}
