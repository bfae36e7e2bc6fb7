import type {
  FeatureFlag,
  MySettings,
  ProcessConfig,
  StoredSetting,
} from "@millwright/contracts/api";
import { queryOptions, useQuery } from "@tanstack/react-query";

import { getJson } from "./client.ts";

export const settingsKeys = {
  mine: ["my-settings"],
  settings: ["settings"],
  flags: ["flags"],
  processes: ["processes"],
} as const;

/** What this person's pages go by. Asked again every 15 s, so that a change shows without a reload. */
export const mySettingsQuery = queryOptions({
  queryKey: settingsKeys.mine,
  queryFn: ({ signal }) => getJson<MySettings>("/api/settings", signal),
  refetchInterval: 15_000,
});

/** Whether a feature is on for who is signed in; off until the answer is there. */
export function useFlag(flag: string): boolean {
  return useQuery(mySettingsQuery).data?.flags.includes(flag) === true;
}

export const settingsQuery = queryOptions({
  queryKey: settingsKeys.settings,
  queryFn: ({ signal }) => getJson<{ rows: StoredSetting[] }>("/api/admin/settings", signal),
});

export const flagsQuery = queryOptions({
  queryKey: settingsKeys.flags,
  queryFn: ({ signal }) => getJson<{ rows: FeatureFlag[] }>("/api/admin/flags", signal),
});

export const processesQuery = queryOptions({
  queryKey: settingsKeys.processes,
  queryFn: ({ signal }) => getJson<{ processes: ProcessConfig[] }>("/api/admin/config", signal),
  refetchInterval: 30_000,
});
