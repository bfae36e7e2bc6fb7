import type { AttributeValue } from "./catalogue.ts";
import type { AttributeName } from "./condition.ts";
import type { Enforcers } from "./enforcers.ts";
import { type Clause, clausesAgainst, type Situation, unknownIn } from "./evaluate.ts";
import { type ParsedRule, type Policy, type Rule, ruleKey } from "./policy.ts";

/** May a user with these roles do `action` on this object? */
export type Question = Situation & {
  /** The roles the user was given, without those they inherit. */
  readonly roles: readonly string[];
  readonly objectType: string;
  readonly action: string;
};

/** Default deny; a deny of any role wins over an allow of any other. */
export async function decide(
  policy: Policy,
  question: Question,
  cache: { enforcers: Enforcers; tenantId: string },
): Promise<boolean> {
  let isAllowed = false;
  for (const role of effectiveRoles(policy, question.roles)) {
    const key = ruleKey(role, question.objectType, question.action);
    const rules = policy.rules.get(key);
    if (rules === undefined) continue;
    const held = { rules, model: policy.model };
    const verdict = await cache.enforcers.ask(`${cache.tenantId} ${key}`, held, question);
    if (verdict === "deny") return false;
    isAllowed ||= verdict === "allow";
  }
  return isAllowed;
}

/**
 * Whether some allowing rule covers the action, whatever its condition: what a screen may offer, and
 * who is let in to be asked about the object. An unconditional deny takes it away.
 */
export function couldAllow(
  policy: Policy,
  { roles, objectType, action }: Pick<Question, "roles" | "objectType" | "action">,
): boolean {
  let isCovered = false;
  for (const role of effectiveRoles(policy, roles)) {
    for (const { rule, condition } of policy.rules.get(ruleKey(role, objectType, action)) ?? []) {
      if (rule.effect === "allow") isCovered = true;
      else if (condition === "always") return false;
    }
  }
  return isCovered;
}

export type Explanation = {
  readonly isAllowed: boolean;
  /** One sentence for a person. */
  readonly because: string;
  /** Every rule that was asked, those of the user's own roles before inherited ones. */
  readonly rules: readonly ExplainedRule[];
};

export type ExplainedRule = {
  readonly rule: Rule;
  /** The user's role, when the rule's role is inherited by it; else the rule's role itself. */
  readonly through: string;
  /** `unknown`: the condition names a value that is null, so an allow grants nothing and a deny denies. */
  readonly outcome: "matches" | "does_not_match" | "unknown";
  readonly unknown: readonly string[];
  /** The comparisons that kept it from matching, with the values they met. */
  readonly against: readonly Clause[];
};

/** Why the decision is what it is. Shows attribute values: for who may see them. */
export function explain(policy: Policy, question: Question, isAllowed: boolean): Explanation {
  const rules = question.roles.flatMap((through) =>
    (policy.rolesOf.get(through) ?? []).flatMap((role) =>
      (policy.rules.get(ruleKey(role, question.objectType, question.action)) ?? []).map((parsed) =>
        explainRule(parsed, through, question),
      ),
    ),
  );
  return { isAllowed, because: summarise(rules, question, isAllowed), rules };
}

function effectiveRoles(policy: Policy, given: readonly string[]): Iterable<string> {
  const [only] = given;
  // The common case needs no set.
  if (given.length === 1 && only !== undefined) return policy.rolesOf.get(only) ?? [];
  return new Set(given.flatMap((role) => policy.rolesOf.get(role) ?? []));
}

function explainRule(
  { rule, condition }: ParsedRule,
  through: string,
  situation: Situation,
): ExplainedRule {
  const nothing = { rule, through, unknown: [], against: [] };
  if (condition === "always") return { ...nothing, outcome: "matches" };
  try {
    const unknown = unknownIn(condition, situation);
    if (unknown.length > 0) return { ...nothing, outcome: "unknown", unknown: unknown.map(nameOf) };
    const against = clausesAgainst(condition, situation);
    return { ...nothing, against, outcome: against.length === 0 ? "matches" : "does_not_match" };
  } catch (error) {
    // The decision met the same and was a refusal; say so instead of failing to explain it.
    return { ...nothing, outcome: "unknown", unknown: [`the condition (${String(error)})`] };
  }
}

function summarise(
  rules: readonly ExplainedRule[],
  question: Question,
  isAllowed: boolean,
): string {
  const what = `${question.action} ${question.objectType}`;
  const decisive = rules.find(
    ({ rule, outcome }) =>
      outcome !== "does_not_match" &&
      (isAllowed ? rule.effect === "allow" && outcome === "matches" : rule.effect === "deny"),
  );
  if (decisive !== undefined) {
    const { rule } = decisive;
    const word = rule.effect === "allow" ? "allows" : "denies";
    const when = rule.condition === null ? "always" : `when ${rule.condition}`;
    const unknown = decisive.outcome === "unknown" ? `, and ${isUnknown(decisive)}` : "";
    return `${roleOf(decisive)} ${word} ${what} ${when}${unknown}.`;
  }
  if (rules.length === 0) {
    const nobody =
      question.roles.length === 0
        ? "The user has no role"
        : `No rule of ${question.roles.join(", ")} covers this`;
    return `${nobody}: ${what} is refused, as is everything that no rule allows.`;
  }
  if (rules.some(({ rule, outcome }) => rule.effect === "allow" && outcome === "matches")) {
    return `A condition on ${what} could not be evaluated, which denies.`;
  }
  const reasons = rules
    .filter(({ rule }) => rule.effect === "allow")
    .map(
      (explained) =>
        `${roleOf(explained)} allows it only when ${explained.rule.condition}, but ${whyNot(explained)}`,
    );
  return `${reasons.join("; ") || `Only denying rules cover ${what}, and nothing allows it`}.`;
}

function whyNot(explained: ExplainedRule): string {
  if (explained.outcome === "unknown") return isUnknown(explained);
  return explained.against
    .map(({ text, values }) => `${text} is false${met(values)}`)
    .join(" and ");
}

function met(values: Clause["values"]): string {
  const met = Object.entries(values).map(([name, value]) => `${name} is ${show(value)}`);
  return met.length === 0 ? "" : ` (${met.join(", ")})`;
}

function isUnknown({ unknown }: ExplainedRule): string {
  return `${unknown.join(", ")} is unknown`;
}

function roleOf({ rule, through }: ExplainedRule): string {
  return rule.role === through
    ? `Role ${rule.role}`
    : `Role ${rule.role} (inherited by ${through})`;
}

function nameOf({ of, name }: AttributeName): string {
  return `${of}.${name}`;
}

function show(value: AttributeValue): string {
  return Array.isArray(value) ? `(${value.join(", ")})` : String(value);
}
