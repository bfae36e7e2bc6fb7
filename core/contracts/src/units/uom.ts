/**
 * Units of measure every company knows (UN/ECE Recommendation 20 in common use, with the symbols
 * people write); a company adds its own. `decimals`: digits after the point a quantity may have.
 */
export const standardUoms = [
  { uom: "pc", name: "piece", decimals: 0 },
  { uom: "set", name: "set", decimals: 0 },
  { uom: "g", name: "gram", decimals: 3 },
  { uom: "kg", name: "kilogram", decimals: 6 },
  { uom: "t", name: "tonne", decimals: 6 },
  { uom: "mm", name: "millimetre", decimals: 3 },
  { uom: "m", name: "metre", decimals: 6 },
  { uom: "m2", name: "square metre", decimals: 6 },
  { uom: "m3", name: "cubic metre", decimals: 6 },
  { uom: "ml", name: "millilitre", decimals: 3 },
  { uom: "l", name: "litre", decimals: 6 },
  { uom: "kWh", name: "kilowatt hour", decimals: 6 },
  { uom: "h", name: "hour", decimals: 6 },
] as const;

/** Conversions that hold for everything: `numerator ÷ denominator` of `to` make one `from`. */
export const standardConversions = [
  { from: "kg", to: "g", numerator: "1000", denominator: "1" },
  { from: "t", to: "kg", numerator: "1000", denominator: "1" },
  { from: "m", to: "mm", numerator: "1000", denominator: "1" },
  { from: "l", to: "ml", numerator: "1000", denominator: "1" },
  { from: "m3", to: "l", numerator: "1000", denominator: "1" },
] as const;
