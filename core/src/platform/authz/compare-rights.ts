import { attributesOf, type Condition } from "./condition.ts";
import { type ParsedRule, type Policy, ruleKey } from "./policy.ts";

/**
 * Whether `given` roles allow nothing that `own` roles do not: what somebody may hand on. Every allowing
 * rule of the given ones must be one of the own, or be covered by an own one without a condition; and what
 * denies the own must deny the given as well. `isSameDepartment` false: the one who is given them belongs
 * to another department, where a rule about the user's department means something else. Errs on the side
 * of no.
 */
export function isAtMost(
  policy: Policy,
  given: readonly string[],
  own: readonly string[],
  { isSameDepartment = true }: { isSameDepartment?: boolean } = {},
): boolean {
  for (const [place, rules] of rulesByPlace(policy, given)) {
    const mine = rulesByPlace(policy, own, place).get(place) ?? [];
    const isCovered = rules.every(
      (rule) =>
        rule.rule.effect === "deny" || mine.some((each) => covers(each, rule, isSameDepartment)),
    );
    const isDeniedAlike = mine.every(
      (each) => each.rule.effect === "allow" || rules.includes(each),
    );
    const allowsNothing = rules.every(({ rule }) => rule.effect === "deny");
    if (!allowsNothing && !(isCovered && isDeniedAlike)) return false;
  }
  return true;
}

/** Whether these roles allow an action whatever the user and the object are. */
export function isAlwaysAllowed(
  policy: Policy,
  roles: readonly string[],
  { objectType, action }: { objectType: string; action: string },
): boolean {
  const place = `${objectType} ${action}`;
  const rules = rulesByPlace(policy, roles, place).get(place) ?? [];
  return (
    rules.every(({ rule }) => rule.effect === "allow") &&
    rules.some(({ condition }) => condition === "always")
  );
}

function covers(mine: ParsedRule, given: ParsedRule, isSameDepartment: boolean): boolean {
  if (mine.rule.effect === "deny") return false;
  if (mine.condition === "always") return true;
  return mine === given && (isSameDepartment || !namesDepartment(mine.condition));
}

function namesDepartment(condition: Condition): boolean {
  return attributesOf(condition).some(({ of, name }) => of === "user" && name === "departmentId");
}

/** `<objectType> <action>` → the rules that these roles have there; of one place when it is named. */
function rulesByPlace(
  policy: Policy,
  roles: readonly string[],
  place?: string,
): Map<string, ParsedRule[]> {
  const found = new Map<string, ParsedRule[]>();
  const effective = new Set(roles.flatMap((role) => policy.rolesOf.get(role) ?? []));
  const add = (at: string, rules: readonly ParsedRule[]) =>
    found.set(at, [...(found.get(at) ?? []), ...rules]);
  if (place !== undefined) {
    const [objectType = "", action = ""] = place.split(" ");
    for (const role of effective) {
      add(place, policy.rules.get(ruleKey(role, objectType, action)) ?? []);
    }
    return found;
  }
  for (const [key, rules] of policy.rules) {
    const [role = "", ...at] = key.split(" ");
    if (effective.has(role)) add(at.join(" "), rules);
  }
  return found;
}
