/**
 * A reading as a person reads it: four significant digits for small numbers, whole ones from 1,000 on
 * (a sensor is no better, and digits that flicker hide the change). Counters keep every digit.
 */
export function formatValue(value: number | string | boolean, locale: string): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return new Intl.NumberFormat(locale).format(value);
  const options =
    Math.abs(value) >= 1_000
      ? { maximumFractionDigits: 1 }
      : { minimumSignificantDigits: 3, maximumSignificantDigits: 4 };
  return new Intl.NumberFormat(locale, options).format(value);
}
