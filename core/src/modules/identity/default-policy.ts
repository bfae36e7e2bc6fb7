import { defaultModel } from "../../platform/authz/model.ts";
import type { PolicyDocument, Rule } from "../../platform/authz/policy.ts";

/**
 * What a new company starts with; from then on the policy is its own. The administrator's rule names
 * no object type, so that what later releases bring reaches those who can give it to others.
 */
export function defaultPolicy(newId: () => string): PolicyDocument {
  return {
    model: defaultModel,
    roles: roles.map(({ role, title, parents }) => ({ role, title, parents })),
    rules: roles.flatMap(({ role, may }) =>
      Object.entries(may).flatMap(([objectType, actions]) =>
        actions.map((action): Rule => ({
          ruleId: newId(),
          role,
          objectType,
          action,
          effect: "allow",
          condition: null,
        })),
      ),
    ),
  };
}

/** The role that a company must always have somebody in. */
export const administratorRole = "administrator";

type DefaultRole = {
  role: string;
  title: string;
  parents: readonly string[];
  /** Object type → actions; `*` is every one. */
  may: Readonly<Record<string, readonly string[]>>;
};

const roles: readonly DefaultRole[] = [
  { role: administratorRole, title: "Administrator", parents: [], may: { "*": ["*"] } },
  {
    role: "viewer",
    title: "Viewer",
    parents: [],
    may: {
      company: ["read"],
      equipment: ["read"],
      machine: ["read"],
      item: ["read"],
      bom: ["read"],
      calendar: ["read"],
      engineering_change: ["read"],
      work_order: ["read"],
      location: ["read"],
      stock: ["read"],
      lot: ["read"],
      transfer: ["read"],
      cycle_count: ["read"],
      plan: ["read"],
      planned_order: ["read"],
      demand: ["read"],
    },
  },
  {
    role: "operator",
    title: "Operator",
    parents: ["viewer"],
    may: {
      work_order: ["report_progress", "hold", "resume", "complete"],
      machine: ["give_reason"],
    },
  },
  {
    role: "storekeeper",
    title: "Storekeeper",
    parents: ["viewer"],
    may: {
      stock: ["move", "keep_item", "reserve"],
      location: ["create"],
      transfer: ["draft", "release", "cancel", "ship", "receive"],
      // Who counts does not book the difference: a plant manager does.
      cycle_count: ["open", "report", "cancel"],
    },
  },
  {
    role: "engineer",
    title: "Engineer",
    parents: ["viewer"],
    may: {
      item: ["create", "change"],
      bom: ["draft", "approve", "replace"],
      cost: ["read", "roll_up"],
      calendar: ["change"],
      engineering_change: ["draft", "approve", "make_effective", "reject"],
      downtime_reason: ["change"],
    },
  },
  {
    role: "quality",
    title: "Quality",
    parents: ["viewer"],
    may: { lot: ["release", "block"], work_order: ["hold", "resume"] },
  },
  {
    role: "planner",
    title: "Planner",
    parents: ["viewer"],
    may: {
      work_order: ["draft", "firm", "release", "hold", "resume", "cancel", "close", "correct"],
      item: ["create"],
      plan: ["run", "cancel"],
      planned_order: ["firm", "release"],
      demand: ["change"],
    },
  },
  {
    role: "plant_manager",
    title: "Plant manager",
    parents: ["planner", "operator", "storekeeper", "quality", "engineer"],
    may: {
      cycle_count: ["post", "recount"],
      cost: ["change"],
      equipment: ["change"],
      edge_node: ["read", "register"],
      department: ["read"],
      user: ["read"],
    },
  },
  { role: "buyer", title: "Buyer", parents: ["viewer"], may: {} },
  { role: "purchasing_manager", title: "Purchasing manager", parents: ["buyer"], may: {} },
  {
    role: "accountant",
    title: "Accountant",
    parents: ["viewer"],
    may: { cost: ["read", "change", "roll_up"] },
  },
  {
    role: "integration",
    title: "Integration (programs)",
    parents: ["viewer"],
    may: {
      item: ["create"],
      work_order: ["draft", "firm", "report_progress"],
      stock: ["move"],
      edge_node: ["read"],
    },
  },
  { role: "monitoring", title: "Monitoring", parents: [], may: { system: ["read"] } },
];
