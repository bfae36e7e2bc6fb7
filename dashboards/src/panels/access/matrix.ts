import type { AccessCatalogue, Role, Rule } from "../../api/identity-shapes.ts";

/** Roles and rules as they are being edited. */
export type PolicyDraft = { roles: readonly Role[]; rules: readonly Rule[] };

/** A place of the matrix: what one role may do with one action of an object type; `*` is every one. */
export type Place = { role: string; objectType: string; action: string };

/** What the rules of a place add up to; `sometimes`: conditions decide for each object. */
export type Verdict = "allow" | "deny" | "sometimes" | "none";

export type Cell = {
  verdict: Verdict;
  /** Rules of exactly this place: they are edited here. */
  own: readonly Rule[];
  /** Rules that reach it from a parent role or from a `*`: they are edited where they stand. */
  inherited: readonly Rule[];
};

export type MatrixRow = { objectType: string; action: string };

export const everything = "*";

/** Rows of the matrix: `*` first, then each object type with `*` and its actions. */
export function matrixRows(catalogue: AccessCatalogue): MatrixRow[] {
  const types = Object.entries(catalogue.objectTypes).map(([objectType, { actions }]) =>
    [everything, ...actions].map((action) => ({ objectType, action })),
  );
  return [{ objectType: everything, action: everything }, ...types.flat()];
}

/** The cells of a draft by their place; roles and rules are indexed once. */
export function readMatrix({ roles, rules }: PolicyDraft): (place: Place) => Cell {
  const lines = new Map(roles.map(({ role }) => [role, withAncestors(role, roles)]));
  const byRole = Map.groupBy(rules, ({ role }) => role);
  return (place) => {
    const line = lines.get(place.role) ?? [place.role];
    const reaching = line
      .flatMap((role) => byRole.get(role) ?? [])
      .filter((rule) => reaches(rule, place));
    const own = reaching.filter((rule) => isAt(rule, place));
    return {
      verdict: verdictOf(reaching),
      own,
      inherited: reaching.filter((rule) => !own.includes(rule)),
    };
  };
}

/** A role and all it inherits from, nearest first. */
export function withAncestors(role: string, roles: readonly Role[]): string[] {
  const parents = new Map(roles.map(({ role, parents }) => [role, parents]));
  const line = new Set([role]);
  // A set goes on to what is added while it is walked, and takes nothing twice: a cycle ends.
  for (const one of line) for (const parent of parents.get(one) ?? []) line.add(parent);
  return [...line];
}

function reaches(rule: Rule, { objectType, action }: Place): boolean {
  return (
    (rule.objectType === everything || rule.objectType === objectType) &&
    (rule.action === everything || rule.action === action)
  );
}

function isAt(rule: Rule, { role, objectType, action }: Place): boolean {
  return rule.role === role && rule.objectType === objectType && rule.action === action;
}

/** Deny wins over allow; a rule with a condition counts for some objects only. */
function verdictOf(rules: readonly Rule[]): Verdict {
  const has = (effect: Rule["effect"], isConditional: boolean) =>
    rules.some((rule) => rule.effect === effect && (rule.condition !== null) === isConditional);
  if (has("deny", false)) return "deny";
  if (has("allow", false)) return has("deny", true) ? "sometimes" : "allow";
  if (has("allow", true)) return "sometimes";
  return has("deny", true) ? "deny" : "none";
}

/**
 * The draft with one effect at a place. Of several rules there the first is kept with its condition;
 * `none` takes all of them away.
 */
export function withEffect(
  draft: PolicyDraft,
  place: Place,
  effect: Rule["effect"] | "none",
  newId: () => string,
): PolicyDraft {
  const first = draft.rules.find((rule) => isAt(rule, place));
  const others = draft.rules.filter((rule) => !isAt(rule, place));
  if (effect === "none") return { ...draft, rules: others };
  const rule = first ?? { ruleId: newId(), ...place, condition: null };
  return { ...draft, rules: [...others, { ...rule, effect }] };
}

/** How many roles and rules differ, whatever their order. */
export function countChanges(from: PolicyDraft, to: PolicyDraft): number {
  const before = entriesOf(from);
  const after = entriesOf(to);
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).length;
}

function entriesOf({ roles, rules }: PolicyDraft): Map<string, string> {
  return new Map([
    ...roles.map(
      ({ role, title, parents }) =>
        [`role ${role}`, JSON.stringify([title, parents.toSorted()])] as const,
    ),
    ...rules.map(
      ({ ruleId, role, objectType, action, effect, condition }) =>
        [`rule ${ruleId}`, JSON.stringify([role, objectType, action, effect, condition])] as const,
    ),
  ]);
}

/** A draft without a role: its rules go, and nobody inherits from it any more. */
export function withoutRole({ roles, rules }: PolicyDraft, gone: string): PolicyDraft {
  return {
    roles: roles
      .filter(({ role }) => role !== gone)
      .map((role) => ({ ...role, parents: role.parents.filter((parent) => parent !== gone) })),
    rules: rules.filter(({ role }) => role !== gone),
  };
}
