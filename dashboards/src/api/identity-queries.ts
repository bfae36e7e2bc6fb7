import type { ApiKey, Me, PolicyOnTheWire, Session, User } from "@millwright/contracts/api";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { getJson } from "./client.ts";
import type {
  AccessCatalogue,
  Company,
  DepartmentRow,
  RefusedDecision,
  Setup,
  SignInMethods,
  UserWithSessions,
} from "./identity-shapes.ts";
import { pages } from "./queries.ts";

export const identityKeys = {
  me: ["me"],
  mySessions: ["my-sessions"],
  users: ["users"],
  user: (userId: string) => ["user", userId],
  departments: ["departments"],
  company: ["company"],
  policy: ["policy"],
  refusals: ["refusals"],
  apiKeys: ["api-keys"],
} as const;

/**
 * Who is signed in and what they may do. Asked again every 15 s and when the window comes back to the
 * front, so that a role that was given or taken shows without a reload.
 */
export const meQuery = queryOptions({
  queryKey: identityKeys.me,
  queryFn: ({ signal }) => getJson<Me>("/api/me", signal),
  refetchInterval: 15_000,
  refetchOnWindowFocus: true,
});

/** Null before the answer is there, and on the pages of people who are not signed in. */
export function useMe(): Me | null {
  return useQuery({ ...meQuery, enabled: false }).data ?? null;
}

/** `objectType:action`, as `Me.permissions` lists them. */
export type Permission = `${string}:${string}`;

/** Whether some rule lets the person do this to at least some objects; the server decides each. */
export function useMay(): (permission: Permission) => boolean {
  const me = useMe();
  return (permission) => me?.permissions.includes(permission) === true;
}

export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: ({ signal }) => getJson<Setup>("/api/setup", signal),
});

export const signInMethodsQuery = queryOptions({
  queryKey: ["sign-in-methods"],
  queryFn: ({ signal }) => getJson<SignInMethods>("/api/auth/methods", signal),
});

export const mySessionsQuery = queryOptions({
  queryKey: identityKeys.mySessions,
  queryFn: ({ signal }) => getJson<{ rows: Session[] }>("/api/me/sessions", signal),
});

export type UserFilter = { search?: string; state?: User["state"]; role?: string };

export function usersQuery(filter: UserFilter) {
  return pages<User>([...identityKeys.users, filter], "/api/admin/users", {
    limit: "50",
    ...filter,
  });
}

export function userQuery(userId: string) {
  return queryOptions({
    queryKey: identityKeys.user(userId),
    queryFn: ({ signal }) =>
      getJson<UserWithSessions>(`/api/admin/users/${encodeURIComponent(userId)}`, signal),
  });
}

export const departmentsQuery = queryOptions({
  queryKey: identityKeys.departments,
  queryFn: ({ signal }) => getJson<{ rows: DepartmentRow[] }>("/api/admin/departments", signal),
});

export const companyQuery = queryOptions({
  queryKey: identityKeys.company,
  queryFn: ({ signal }) => getJson<Company>("/api/admin/company", signal),
});

export const catalogueQuery = queryOptions({
  queryKey: ["access-catalogue"],
  queryFn: ({ signal }) => getJson<AccessCatalogue>("/api/admin/catalogue", signal),
});

export const policyQuery = queryOptions({
  queryKey: identityKeys.policy,
  queryFn: ({ signal }) => getJson<PolicyOnTheWire>("/api/admin/policy", signal),
});

export const refusalsQuery = queryOptions({
  queryKey: identityKeys.refusals,
  queryFn: ({ signal }) =>
    getJson<{ rows: RefusedDecision[] }>("/api/admin/policy/refusals", signal),
  // Somebody is on the telephone and tries again: the list follows.
  refetchInterval: 10_000,
});

export const apiKeysQuery = queryOptions({
  queryKey: identityKeys.apiKeys,
  queryFn: ({ signal }) => getJson<{ rows: ApiKey[] }>("/api/admin/api-keys", signal),
});
