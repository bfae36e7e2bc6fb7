import { brokerRules } from "./broker-rules.ts";
import { complexRules } from "./complex-rules.ts";
import { edgePayloadRules } from "./edge-payload-rules.ts";
import { edgeRules, nodeDataRules } from "./edge-rules.ts";
import { hostRules } from "./host-rules.ts";
import type { Rule } from "./rule.ts";
import type { Trace } from "./trace.ts";
import { uncovered } from "./uncovered.ts";

export type Recordings = { edge: Trace; complex: Trace; host: Trace; broker: Trace };

export type Verdict = {
  id: string;
  role: "edge" | "host" | "broker";
  words: string;
  /** `toothless`: it holds, but also on the broken copy, so it proves nothing and does not count. */
  result: "passed" | "failed" | "toothless" | "uncovered";
  detail: string;
};

type Part = { role: Verdict["role"]; recording: keyof Recordings; rules: Record<string, Rule> };

const parts: Part[] = [
  { role: "edge", recording: "edge", rules: { ...edgeRules, ...edgePayloadRules } },
  { role: "edge", recording: "complex", rules: { ...nodeDataRules, ...complexRules } },
  { role: "host", recording: "host", rules: hostRules },
  { role: "broker", recording: "broker", rules: brokerRules },
];

/** Judges each id on its recording, and on a copy of it that was broken in just that point. */
export function judge(recordings: Partial<Recordings>): Verdict[] {
  return parts.flatMap(({ role, recording, rules }) => {
    const trace = recordings[recording];
    if (trace === undefined) return [];
    return Object.entries(rules).map(([id, rule]) => ({ id, role, ...judgeRule(rule, trace) }));
  });
}

function judgeRule(rule: Rule, trace: Trace): Pick<Verdict, "words" | "result" | "detail"> {
  const { words } = rule;
  const fault = rule.fault(trace);
  if (fault !== null) return { words, result: "failed", detail: fault };
  const broken = structuredClone(trace);
  rule.violate(broken);
  const noticed = rule.fault(broken);
  return noticed === null
    ? { words, result: "toothless", detail: "it also holds on the violating trace" }
    : { words, result: "passed", detail: `the violating trace fails: ${noticed}` };
}

/** Every id of the specification that is named here, covered or not. */
export function allIds(): string[] {
  return [...parts.flatMap(({ rules }) => Object.keys(rules)), ...Object.keys(uncovered)];
}
