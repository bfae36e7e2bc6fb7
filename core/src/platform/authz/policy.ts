import { Refusal } from "@millwright/contracts/states";

import type { Catalogue, ObjectType } from "./catalogue.ts";
import { type Condition, parseCondition } from "./condition.ts";
import { modelProblem } from "./model.ts";
import { expandRoles, findCycle, type Role } from "./roles.ts";

/** A tenant's policy as data: what is stored, edited and shown. */
export type PolicyDocument = {
  /** How rules are matched and combined, in Casbin's notation. */
  readonly model: string;
  readonly roles: readonly Role[];
  readonly rules: readonly Rule[];
};

export type Rule = {
  readonly ruleId: string;
  readonly role: string;
  /** A name of the catalogue, or `*` for every one. */
  readonly objectType: string;
  readonly action: string;
  readonly effect: "allow" | "deny";
  /** Null: always. See condition.ts for the language. */
  readonly condition: string | null;
};

/** A policy ready for decisions. Immutable: a change makes a new one. */
export type Policy = {
  readonly model: string;
  /** Role → itself and all it inherits. A role that is not here grants nothing. */
  readonly rolesOf: ReadonlyMap<string, readonly string[]>;
  /** `ruleKey` → the rules given to exactly this role for exactly this action. */
  readonly rules: ReadonlyMap<string, readonly ParsedRule[]>;
  /** What could not be read (hand edits, an attribute that a release took away), a sentence each. */
  readonly problems: readonly string[];
};

/** `always` is a rule without a condition. */
export type ParsedRule = { readonly rule: Rule; readonly condition: Condition | "always" };

export function ruleKey(role: string, objectType: string, action: string): string {
  return `${role} ${objectType} ${action}`;
}

/**
 * Indexes what is stored. Never refuses as a whole, because one bad row must not lock everybody out;
 * an unreadable rule fails closed: an allow grants nothing, a deny denies always. Under a model that
 * cannot be used nothing is granted.
 */
export function indexPolicy(document: PolicyDocument, catalogue: Catalogue): Policy {
  const rules = new Map<string, ParsedRule[]>();
  const problems: string[] = [];
  const problem = modelProblem(document.model);
  if (problem !== null) {
    return { model: document.model, rolesOf: new Map(), rules, problems: [problem] };
  }
  for (const rule of document.rules) {
    for (const place of placesOf(rule, catalogue)) {
      const key = ruleKey(rule.role, place.name, place.action);
      const parsed = parseFailingClosed(rule, place.objectType, catalogue);
      if (parsed.problem !== null) problems.push(parsed.problem);
      if (parsed.condition === "never") continue;
      const held = rules.get(key) ?? [];
      held.push({ rule, condition: parsed.condition });
      rules.set(key, held);
    }
  }
  return { model: document.model, rolesOf: expandRoles(document.roles), rules, problems };
}

/**
 * Refuses a policy that would not mean what its author reads.
 * @throws Refusal authz.model_unsupported · authz.role_unknown · authz.role_cycle · authz.rule_unknown_place ·
 * authz.condition_invalid, each naming the role or the rule.
 */
export function checkPolicy(document: PolicyDocument, catalogue: Catalogue): void {
  const problem = modelProblem(document.model);
  if (problem !== null) throw refuse("authz.model_unsupported", problem);
  checkRoles(document.roles);
  const roles = new Set(document.roles.map(({ role }) => role));
  for (const rule of document.rules) {
    if (!roles.has(rule.role)) {
      throw refuse("authz.role_unknown", `${describe(rule)} is for a role that does not exist.`);
    }
    checkPlace(rule, catalogue);
    for (const { objectType } of placesOf(rule, catalogue)) {
      try {
        parse(rule, objectType, catalogue);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        throw refuse(error.code, `The condition of ${describe(rule)} is refused. ${error.message}`);
      }
    }
  }
}

function checkRoles(roles: readonly Role[]): void {
  const known = new Set(roles.map(({ role }) => role));
  for (const { role, parents } of roles) {
    const missing = parents.find((parent) => !known.has(parent));
    if (missing !== undefined) {
      throw refuse(
        "authz.role_unknown",
        `Role ${role} inherits from ${missing}, which does not exist.`,
      );
    }
  }
  const cycle = findCycle(roles);
  if (cycle !== null) {
    throw refuse("authz.role_cycle", `Roles inherit from each other: ${cycle.join(" → ")}.`);
  }
}

function checkPlace(rule: Rule, catalogue: Catalogue): void {
  const { objectType, action } = rule;
  if (placesOf(rule, catalogue).length > 0) return;
  const known = objectTypeOf(catalogue, objectType);
  throw refuse(
    "authz.rule_unknown_place",
    known === undefined
      ? `${describe(rule)}: there is no object type ${objectType}; there is ${Object.keys(catalogue.objectTypes).join(", ")}.`
      : `${describe(rule)}: ${objectType} has no action ${action}; it has ${known.actions.join(", ")}.`,
  );
}

type Place = { readonly name: string; readonly objectType: ObjectType; readonly action: string };

/** Where a rule applies, wildcards spelled out: a decision needs one lookup per role. */
function placesOf(rule: Rule, catalogue: Catalogue): Place[] {
  const names = rule.objectType === "*" ? Object.keys(catalogue.objectTypes) : [rule.objectType];
  return names.flatMap((name) => {
    const objectType = objectTypeOf(catalogue, name);
    if (objectType === undefined) return [];
    return objectType.actions
      .filter((action) => rule.action === "*" || rule.action === action)
      .map((action) => ({ name, objectType, action }));
  });
}

export function objectTypeOf(catalogue: Catalogue, name: string): ObjectType | undefined {
  return Object.hasOwn(catalogue.objectTypes, name) ? catalogue.objectTypes[name] : undefined;
}

function parseFailingClosed(
  rule: Rule,
  objectType: ObjectType,
  catalogue: Catalogue,
): { condition: Condition | "always" | "never"; problem: string | null } {
  try {
    return { condition: parse(rule, objectType, catalogue), problem: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problem = `The condition of ${describe(rule)} cannot be read. ${error.message}`;
    return { condition: rule.effect === "deny" ? "always" : "never", problem };
  }
}

function parse(rule: Rule, objectType: ObjectType, catalogue: Catalogue): Condition | "always" {
  if (rule.condition === null) return "always";
  return parseCondition(rule.condition, { user: catalogue.user, object: objectType.attributes });
}

function describe({ role, effect, action, objectType }: Rule): string {
  return `rule "${role}: ${effect} ${action} ${objectType}"`;
}

function refuse(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence[0]?.toUpperCase() + sentence.slice(1), { kind: "invalid" });
}
