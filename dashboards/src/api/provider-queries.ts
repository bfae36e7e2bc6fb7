import type { OidcProvider } from "@millwright/contracts/api";
import { queryOptions } from "@tanstack/react-query";

import { getJson } from "./client.ts";

export const providersKey = ["oidc-providers"] as const;

/** OpenID providers of the company, at most 20. */
export const providersQuery = queryOptions({
  queryKey: providersKey,
  queryFn: ({ signal }) => getJson<{ rows: OidcProvider[] }>("/api/admin/oidc-providers", signal),
});
