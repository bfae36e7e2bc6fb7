import { assertNever, Decimal } from "@millwright/contracts/units";

import { type Attributes, type AttributeValue, knownValue } from "./catalogue.ts";
import {
  attributesOf,
  type AttributeName,
  type Comparison,
  type Condition,
  type Operand,
} from "./condition.ts";

/** Who asks and about what, as far as conditions see it. */
export type Situation = { readonly user: Attributes; readonly object: Attributes };

/** Whether one comparison holds. Its attributes must be known. */
export function holds(comparison: Comparison, situation: Situation): boolean {
  const left = valueOf(comparison.left, situation);
  const right = valueOf(comparison.right, situation);
  if (left === null || right === null) throw new Error(`${comparison.text}: a value is unknown`);
  if (comparison.operator === "in") return Array.isArray(right) && right.includes(left);
  if (comparison.type !== "decimal") return (left === right) === (comparison.operator === "=");
  // Exact: 9999.999999999999999999 is below 10000, though as floats the two are equal.
  const order = new Decimal(String(left)).comparedTo(String(right));
  switch (comparison.operator) {
    case "=":
      return order === 0;
    case "<>":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return assertNever(comparison.operator);
  }
}

/** Attributes a condition names whose value is null, absent or of another type than declared. */
export function unknownIn(condition: Condition, situation: Situation): AttributeName[] {
  return attributesOf(condition).filter((named) => valueOf(named, situation) === null);
}

export type Clause = {
  /** The comparison as written; under a `not`, with `not ` before it. */
  readonly text: string;
  readonly values: Readonly<Record<string, AttributeValue>>;
};

/**
 * The comparisons that make a condition come out other than `wanted`, with the values they met; empty
 * when it comes out as wanted. Its attributes must be known.
 */
export function clausesAgainst(
  condition: Condition,
  situation: Situation,
  wanted = true,
): Clause[] {
  switch (condition.kind) {
    case "comparison": {
      if (holds(condition, situation) === wanted) return [];
      const text = wanted ? condition.text : `not ${condition.text}`;
      return [{ text, values: valuesOf(condition, situation) }];
    }
    case "not":
      return clausesAgainst(condition.part, situation, !wanted);
    case "all":
    case "any": {
      const parts = condition.parts.map((part) => clausesAgainst(part, situation, wanted));
      // De Morgan: an `any` that must not hold is an `all` of parts that must not.
      const needsEveryPart = (condition.kind === "all") === wanted;
      return needsEveryPart || parts.every((against) => against.length > 0) ? parts.flat() : [];
    }
    default:
      return assertNever(condition);
  }
}

function valuesOf(comparison: Comparison, situation: Situation): Clause["values"] {
  return Object.fromEntries(
    attributesOf(comparison).map((named) => [
      `${named.of}.${named.name}`,
      valueOf(named, situation),
    ]),
  );
}

function valueOf(operand: Operand, situation: Situation): AttributeValue {
  if (operand.kind === "literal") return operand.value;
  return knownValue(situation[operand.of], operand.name, operand.type);
}
