/** What a tenant decided about a flag. */
export type FlagRule = {
  readonly isOn: boolean;
  /** Of the people, by a stable hash; 0 to 100. */
  readonly percentage: number;
  readonly roles: readonly string[];
  readonly siteIds: readonly string[];
};

/** Who asks. `key` names the person, or whatever must always get the same answer. */
export type Subject = {
  readonly key: string;
  readonly roles?: readonly string[];
  readonly siteIds?: readonly string[];
};

/**
 * On for these roles, for these sites, and for this share of everybody. The share is sticky: raising it
 * only adds people, and the same person stays in for as long as it is not lowered below them.
 */
export function isOnFor(flag: string, rule: FlagRule, subject: Subject): boolean {
  if (!rule.isOn) return false;
  if (rule.roles.some((role) => subject.roles?.includes(role))) return true;
  if (rule.siteIds.some((siteId) => subject.siteIds?.includes(siteId))) return true;
  return shareOf(flag, subject.key) * 100 < rule.percentage;
}

/**
 * Where a key lies in [0, 1), evenly and differently for each flag, the same for ever and everywhere.
 * @source FNV-1a (Fowler, Noll, Vo) over UTF-8, finished as MurmurHash3's fmix32 (Appleby), because the
 * high bits of FNV alone are uneven for keys that differ at their end.
 */
export function shareOf(flag: string, key: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${flag}\0${key}`)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
