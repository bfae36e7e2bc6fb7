import { useQuery } from "@tanstack/react-query";

import { policyQuery, useMay, useMe } from "./identity-queries.ts";
import type { Role } from "./identity-shapes.ts";

/** Roles to choose from. Who may not read the policy knows their own, by name only. */
export function useRoles(): readonly Pick<Role, "role" | "title">[] {
  const me = useMe();
  const { data } = useQuery({ ...policyQuery, enabled: useMay()("policy:read") });
  if (data !== undefined) return data.roles.toSorted((a, b) => a.title.localeCompare(b.title));
  return (me?.roles ?? []).map((role) => ({ role, title: role }));
}

/** What people call a role; its name where there is no title to be read. */
export function useRoleTitle(): (role: string) => string {
  const roles = useRoles();
  return (name) => roles.find(({ role }) => role === name)?.title ?? name;
}
