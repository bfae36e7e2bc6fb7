/** Rules combine as deny over allow, and a matcher is nothing but the rule's own condition. */
export const defaultModel = `[request_definition]
r = user, object

[policy_definition]
p = rule, condition, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = eval(p.condition)
`;

/**
 * What is wrong with a stored model; null when it can be used. Only the default's definitions can, in
 * any spacing and with comments, because the rest of this folder relies on what they mean, and a
 * matcher is code: one word there lets everybody in.
 */
export function modelProblem(text: string): string | null {
  const supported = definitionsOf(defaultModel);
  if (definitionsOf(text) === supported) return null;
  return `The model must define ${supported}, so that rules combine as deny over allow.`;
}

function definitionsOf(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replaceAll(/\s+/g, " ").trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .join("; ");
}
