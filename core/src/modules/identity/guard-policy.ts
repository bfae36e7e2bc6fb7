import type { Catalogue } from "../../platform/authz/catalogue.ts";
import { isAtMost } from "../../platform/authz/compare-rights.ts";
import { indexPolicy, type PolicyDocument, type Rule } from "../../platform/authz/policy.ts";
import { expandRoles } from "../../platform/authz/roles.ts";
import { Refusal } from "../../platform/errors.ts";
import { isAdministrator } from "./guard-rights.ts";

/**
 * Who may edit rules but is no administrator gives no role more than they may do themselves, and takes
 * no denial away: else the right to edit rules would be every right.
 * @throws Refusal policy.beyond_own
 */
export function refuseWiderPolicy(
  before: PolicyDocument,
  after: PolicyDocument,
  { catalogue, roles: own }: { catalogue: Catalogue; roles: readonly string[] },
): void {
  if (isAdministrator(indexPolicy(before, catalogue), own)) return;
  const [was, is] = [rulesOfRoles(before), rulesOfRoles(after)];
  const lost = [...was].find(([role, rules]) => isLostDenial(rules, is.get(role)));
  if (lost !== undefined) throw beyondOwn(`${lost[0]} would no longer be denied what it is`);
  for (const [role, rules] of is) {
    const held = was.get(role);
    const gained = [...rules].flatMap(([line, rule]) =>
      rule.effect === "allow" && held?.has(line) !== true ? [{ ...rule, role: asked }] : [],
    );
    const policy = indexPolicy(
      {
        ...before,
        roles: [...before.roles, { role: asked, title: asked, parents: [] }],
        rules: [...before.rules, ...gained],
      },
      catalogue,
    );
    if (gained.length > 0 && !isAtMost(policy, [asked], own)) {
      throw beyondOwn(`${role} would be allowed more than you are`);
    }
  }
}

// No role has this name: names are of letters, digits and underscores.
const asked = "(asked)";

/** Role → what it allows and denies, inherited included, by what each rule says. */
function rulesOfRoles({ roles, rules }: PolicyDocument): Map<string, Map<string, Rule>> {
  const own = Map.groupBy(rules, ({ role }) => role);
  return new Map(
    [...expandRoles(roles)].map(([role, inherited]) => [
      role,
      new Map(inherited.flatMap((each) => (own.get(each) ?? []).map((rule) => [say(rule), rule]))),
    ]),
  );
}

function isLostDenial(was: ReadonlyMap<string, Rule>, is?: ReadonlyMap<string, Rule>): boolean {
  return [...was].some(([line, { effect }]) => effect === "deny" && is?.has(line) !== true);
}

function say({ effect, objectType, action, condition }: Rule): string {
  return JSON.stringify([effect, objectType, action, condition]);
}

function beyondOwn(what: string): Refusal {
  const sentence = `With this policy ${what}. An administrator may save it.`;
  return new Refusal("policy.beyond_own", sentence, { kind: "not_permitted" });
}
