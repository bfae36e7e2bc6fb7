/** What the audit page shows, as its URL says it; days are days of the site, `YYYY-MM-DD`. */
export type AuditSearch = {
  actor?: string;
  kind?: "person" | "machine" | "system";
  objectType?: string;
  objectId?: string;
  type?: string;
  from?: string;
  to?: string;
};

export const actorKinds = ["person", "system", "machine"] as const;

/** Reads what the page shows out of a URL; what it does not understand it leaves out. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const kind = actorKinds.find((one) => one === search["kind"]);
  return {
    ...part(search, "actor", /^.{1,100}$/),
    ...(kind !== undefined && { kind }),
    ...part(search, "objectType", /^[a-z][a-z0-9_]{0,62}$/),
    ...part(search, "objectId", /^.{1,200}$/),
    ...part(search, "type", /^[a-z][a-z0-9_.]{0,99}$/),
    ...part(search, "from", day),
    ...part(search, "to", day),
  };
}

const day = /^\d{4}-\d\d-\d\d$/;

function part<N extends "actor" | "objectType" | "objectId" | "type" | "from" | "to">(
  search: Record<string, unknown>,
  name: N,
  shape: RegExp,
): { [K in N]?: string } {
  const value = search[name];
  // The router reads `actor=7` as a number.
  const text = typeof value === "number" ? String(value) : value;
  const isDay = shape !== day || !Number.isNaN(Date.parse(`${String(text)}T00:00:00Z`));
  if (typeof text !== "string" || !shape.test(text) || !isDay) return {};
  return { [name]: text } as { [K in N]?: string };
}
