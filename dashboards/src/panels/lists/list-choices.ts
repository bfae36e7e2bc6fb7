import { useSyncExternalStore } from "react";

import { useMe } from "../../api/identity-queries.ts";

/** A filter that a person has given a name; `search` is what its URL says. */
export type SavedFilter = { name: string; search: Record<string, string> };
/** What a person has chosen for a list: columns they do not want, filters they come back to. */
export type ListChoices = { hidden: readonly string[]; saved: readonly SavedFilter[] };

/**
 * Choices of the person who is signed in for one list. They are kept in this browser, because they are
 * of no use to anybody else; another device starts with all columns and no saved filter.
 */
export function useListChoices(list: string) {
  const userId = useMe()?.userId ?? "nobody";
  const place = `list.${userId}.${list}`;
  const text = useSyncExternalStore(watch, () => localStorage.getItem(place) ?? "");
  const choices = readChoices(text);
  const keep = (next: ListChoices) => {
    localStorage.setItem(place, JSON.stringify(next));
    for (const watcher of watchers) watcher();
  };
  return {
    choices,
    showColumn: (name: string, isShown: boolean) => {
      const others = choices.hidden.filter((one) => one !== name);
      keep({ ...choices, hidden: isShown ? others : [...others, name] });
    },
    /** A filter of the same name is replaced; the oldest goes when there are too many. */
    saveFilter: (filter: SavedFilter) => {
      const others = choices.saved.filter(({ name }) => name !== filter.name);
      keep({ ...choices, saved: [...others, filter].slice(-savedMax) });
    },
    forgetFilter: (name: string) => {
      keep({ ...choices, saved: choices.saved.filter((one) => one.name !== name) });
    },
  };
}

/** What was kept; what somebody else wrote there, or an older version of us, counts as nothing. */
export function readChoices(text: string): ListChoices {
  try {
    const kept: unknown = JSON.parse(text === "" ? "{}" : text);
    if (typeof kept !== "object" || kept === null) return none;
    const { hidden, saved } = kept as Partial<Record<keyof ListChoices, unknown>>;
    return {
      hidden: Array.isArray(hidden) ? hidden.filter((one) => typeof one === "string") : [],
      saved: Array.isArray(saved) ? saved.filter(isSavedFilter) : [],
    };
  } catch {
    return none;
  }
}

function isSavedFilter(value: unknown): value is SavedFilter {
  if (typeof value !== "object" || value === null) return false;
  const { name, search } = value as Partial<Record<keyof SavedFilter, unknown>>;
  if (typeof name !== "string" || typeof search !== "object" || search === null) return false;
  return Object.values(search).every((one) => typeof one === "string");
}

const none: ListChoices = { hidden: [], saved: [] };

/** More than a person tells apart. */
const savedMax = 20;

const watchers = new Set<() => void>();

/** Also hears what another tab of the same person has chosen. */
function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  globalThis.addEventListener("storage", watcher);
  return () => {
    watchers.delete(watcher);
    globalThis.removeEventListener("storage", watcher);
  };
}
