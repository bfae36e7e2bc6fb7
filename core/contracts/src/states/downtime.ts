/** Words of downtime reasons without schemas: screens import them too. */

/** Where the time went: what a plant manager sums losses by. */
export const lossCategories = [
  "breakdown",
  "setup",
  "material",
  "operator",
  "quality",
  "planned",
] as const;
export type LossCategory = (typeof lossCategories)[number];

/** A longer code of a machine is cut: a PLC's text field has 80 characters, and an index has room for this. */
export const reasonCodeLengthMax = 200;

/**
 * What a machine says as a reason, as it is kept: one line, trimmed, so that the API takes it as well.
 * "" = it gives none, which PLCs say as 0 and others as an empty text or false.
 */
export function reasonCodeOf(raw: string | null): string {
  const code = (raw ?? "")
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, reasonCodeLengthMax)
    // Half of a character that the cut left.
    .replace(/[\uD800-\uDBFF]$/, "")
    .trimEnd();
  return code === "0" || code === "false" ? "" : code;
}

/**
 * Reasons that every company has until it changes them. The ids are the same for all, so that nothing
 * must be stored for a company that likes them as they are.
 */
export const standardDowntimeReasons = [
  reason(1, "BREAKDOWN", "Mechanical breakdown", "breakdown"),
  reason(2, "ELECTRICAL", "Electrical or control fault", "breakdown"),
  reason(3, "TOOL", "Tool broken or worn", "breakdown"),
  reason(4, "JAM", "Jam or sensor fault", "breakdown"),
  reason(5, "SETUP", "Set-up or changeover", "setup"),
  reason(6, "ADJUST", "Adjustment", "setup"),
  reason(7, "NO_MATERIAL", "Material missing", "material"),
  reason(8, "BAD_MATERIAL", "Material not usable", "material"),
  reason(9, "NO_OPERATOR", "Nobody at the machine", "operator"),
  reason(10, "QUALITY", "Quality check or rework", "quality"),
  reason(11, "MAINTENANCE", "Planned maintenance", "planned"),
  reason(12, "CLEANING", "Cleaning", "planned"),
] as const;

function reason<const Code extends string>(
  number: number,
  code: Code,
  name: string,
  category: LossCategory,
) {
  const reasonId = `01a8f5c0-0000-7000-8000-0000000d${String(number).padStart(4, "0")}`;
  return { reasonId, code, name, category } as const;
}
