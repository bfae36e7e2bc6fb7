/** What a scanned text says of itself. */
export type Scan = {
  readonly item: string | null;
  readonly lot: string | null;
  readonly place: string | null;
  readonly quantity: string | null;
  /** Neither elements nor anything we know the meaning of: a number as it is. */
  readonly plain: string | null;
};

/** Identifiers we print and read: GS1 General Specifications, 3.1; 91 to 99 are the company's own. */
export const identifiers = {
  gtin: "01",
  lot: "10",
  serial: "21",
  count: "30",
  ownItem: "91",
  ownLot: "92",
  ownPlace: "93",
} as const;

/**
 * Takes a scan apart: with identifiers in brackets, as people write them, or as scanners send them,
 * with FNC1 as the group separator (ASCII 29) behind elements of variable length and perhaps a symbology
 * prefix (`]d2`). What has no identifiers is a plain number.
 */
export function readScan(scanned: string): Scan {
  const text = scanned.trim().replace(/^\][A-Za-z]\d/, "");
  const elements = text.startsWith("(") ? bracketed(text) : separated(text);
  if (elements === null) return { ...nothing, plain: text };
  const value = (identifier: string) => elements.get(identifier) ?? null;
  return {
    item: value(identifiers.ownItem) ?? value(identifiers.gtin),
    lot: value(identifiers.ownLot) ?? value(identifiers.serial) ?? value(identifiers.lot),
    place: value(identifiers.ownPlace),
    quantity: value(identifiers.count),
    plain: null,
  };
}

const nothing = { item: null, lot: null, place: null, quantity: null };

function bracketed(text: string): ReadonlyMap<string, string> | null {
  const parts = [...text.matchAll(/\((\d{2,4})\)([^(]*)/g)];
  const length = parts.reduce((sum, [whole]) => sum + whole.length, 0);
  if (parts.length === 0 || length !== text.length) return null;
  return new Map(parts.map(([, identifier = "", value = ""]) => [identifier, value.trim()]));
}

/** Lengths of the values that have no separator behind them; of others the separator is the end. */
const fixedLength: Readonly<Record<string, number>> = {
  "00": 18,
  "01": 14,
  "02": 14,
  "11": 6,
  "13": 6,
  "15": 6,
  "17": 6,
};
const groupSeparator = String.fromCodePoint(29);

function separated(text: string): ReadonlyMap<string, string> | null {
  if (!text.includes(groupSeparator) && !/^(01\d{14}|9[123])/.test(text)) return null;
  const elements = new Map<string, string>();
  let rest = text.startsWith(groupSeparator) ? text.slice(1) : text;
  while (rest !== "") {
    const identifier = rest.slice(0, 2);
    if (!/^\d\d$/.test(identifier)) return null;
    const fixed = fixedLength[identifier];
    const end = rest.indexOf(groupSeparator);
    const stop = fixed === undefined ? (end === -1 ? rest.length : end) : 2 + fixed;
    elements.set(identifier, rest.slice(2, stop));
    rest = rest.slice(stop);
    if (rest.startsWith(groupSeparator)) rest = rest.slice(1);
  }
  return elements;
}
