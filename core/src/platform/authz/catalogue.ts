import { assertNever } from "@millwright/contracts/units";

/**
 * What there is to be authorised, declared by the contexts (`permissions.ts`): object types with their
 * actions and the attributes that conditions may name, and the attributes of a user. Names are those
 * of the API's fields.
 */
export type Catalogue = {
  readonly user: AttributeTypes;
  readonly objectTypes: Readonly<Record<string, ObjectType>>;
};
export type ObjectType = {
  readonly actions: readonly string[];
  readonly attributes: AttributeTypes;
};
export type AttributeTypes = Readonly<Record<string, AttributeType>>;

/** `decimal`: an exact decimal string as on the wire, never a float · `text`: also ids. */
export type AttributeType = "decimal" | "text" | "boolean" | "text_list";

/** Values of one user or object. Absent, null and of another type are the same: unknown. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type AttributeValue = string | boolean | readonly string[] | null;

/** The value of an attribute, or null when it is unknown: then no rule that names it can allow. */
export function knownValue(
  attributes: Attributes,
  name: string,
  type: AttributeType,
): Exclude<AttributeValue, null> | null {
  // Own properties only: `constructor` is no attribute of anybody.
  const value = Object.hasOwn(attributes, name) ? attributes[name] : null;
  if (value === null || value === undefined) return null;
  return isOfType(value, type) ? value : null;
}

function isOfType(value: Exclude<AttributeValue, null>, type: AttributeType): boolean {
  switch (type) {
    case "decimal":
      return typeof value === "string" && isDecimal(value);
    case "text":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "text_list":
      return Array.isArray(value) && value.every((entry) => typeof entry === "string");
    default:
      return assertNever(type);
  }
}

/** Plain notation, at most 100 characters: what NUMERIC columns print, and no work bomb. */
export function isDecimal(text: string): boolean {
  return text.length <= decimalLengthMax && /^-?\d+(\.\d+)?$/.test(text);
}
const decimalLengthMax = 100;
