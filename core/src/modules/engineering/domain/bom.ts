import { type BomInput, type BomLine } from "@millwright/contracts/api";
import { Refusal } from "@millwright/contracts/states";

import { dividedBy, type Fraction, fractionOf, plus, times } from "./fraction.ts";
import { type Conversion, conversionFactor } from "./uom.ts";

/** What a check must know of an item that a BOM names. */
export type BomItem = { readonly itemId: string; readonly number: string; readonly uom: string };

/** A line with its exact quantity per unit of the product, in the component's unit, scrap included. */
export type CheckedLine = Omit<BomLine, "alternates"> & {
  readonly per: Fraction;
  readonly alternates: readonly (BomLine["alternates"][number] & { readonly per: Fraction })[];
};

export type CheckedBom = Omit<BomInput, "lines" | "byProducts"> & {
  readonly lines: readonly CheckedLine[];
  /** `per` unit of the product, in the by-product's unit. */
  readonly byProducts: readonly (BomInput["byProducts"][number] & { readonly per: Fraction })[];
};

/**
 * Checks a revision by itself and works out its exact quantities; a cycle through other items is for
 * `refuseCycle`, who can see them.
 * @throws Refusal bom.position_twice · bom.line_twice · bom.dates_reversed · bom.alternate_twice ·
 *   bom.cost_share_too_high · bom.needs_itself · item.unknown · uom.no_conversion
 */
export function checkBom(
  bom: BomInput,
  product: BomItem,
  known: { items: ReadonlyMap<string, BomItem>; conversions: readonly Conversion[] },
): CheckedBom {
  refuseTwicePositions(bom.lines);
  refuseTwiceLines(bom.lines, known.items);
  refuseCostShares(bom);
  const batch = fractionOf(bom.quantity);
  const perUnit = (part: Part, scrapPercent: string, where: string): Fraction => {
    if (part.itemId === product.itemId) {
      throw refuse("bom.needs_itself", `${where} is ${product.number} itself: remove it.`);
    }
    const own = inOwnUnit(part, known, where);
    return dividedBy(times(own, withScrap(scrapPercent)), batch);
  };
  const byProducts = bom.byProducts.map((byProduct) => ({
    ...byProduct,
    per: perUnit(byProduct, "0", `By-product ${byProduct.itemId}`),
  }));
  const lines = bom.lines.map((line): CheckedLine => {
    const where = `Line ${line.position}`;
    refuseReversedDates(line, where);
    refuseTwiceAlternates(line, where);
    return {
      ...line,
      per: perUnit(line, line.scrapPercent, where),
      alternates: line.alternates.map((alternate) => ({
        ...alternate,
        per: perUnit(alternate, line.scrapPercent, `Alternate ${alternate.priority} of ${where}`),
      })),
    };
  });
  return { ...bom, lines, byProducts };
}

type Part = { readonly itemId: string; readonly quantity: string; readonly uom: string };

function inOwnUnit(
  part: Part,
  known: { items: ReadonlyMap<string, BomItem>; conversions: readonly Conversion[] },
  where: string,
): Fraction {
  const item = known.items.get(part.itemId);
  if (item === undefined)
    throw refuse("item.unknown", `${where} names an item that does not exist.`);
  const asked = { itemId: part.itemId, from: part.uom, to: item.uom };
  const factor = conversionFactor(known.conversions, asked);
  if (factor === null) {
    throw refuse(
      "uom.no_conversion",
      `${where} is in ${part.uom}, and ${item.number} is kept in ${item.uom}: add the conversion with POST /api/uom-conversions, or use ${item.uom}.`,
    );
  }
  return times(fractionOf(part.quantity), factor);
}

/** 5 % of scrap take 1.05 times the quantity. */
function withScrap(percent: string): Fraction {
  return plus({ over: 1n, under: 1n }, dividedBy(fractionOf(percent), fractionOf("100")));
}

function refuseTwicePositions(lines: readonly BomLine[]): void {
  const seen = new Set<number>();
  for (const { position } of lines) {
    if (seen.has(position)) {
      throw refuse(
        "bom.position_twice",
        `Position ${position} is there twice: number the lines anew.`,
      );
    }
    seen.add(position);
  }
}

/** One component twice at one step on one day would be a typing error more often than a wish. */
function refuseTwiceLines(lines: readonly BomLine[], items: ReadonlyMap<string, BomItem>): void {
  const groups = Map.groupBy(lines, ({ itemId, step }) => `${itemId} ${step ?? ""}`);
  for (const group of groups.values()) {
    const ascending = group.toSorted((a, b) => startOf(a).localeCompare(startOf(b)));
    for (const [index, line] of ascending.entries()) {
      const before = ascending[index - 1];
      if (before === undefined || (before.to !== null && before.to <= startOf(line))) continue;
      const name = items.get(line.itemId)?.number ?? line.itemId;
      throw refuse(
        "bom.line_twice",
        `Lines ${before.position} and ${line.position} both take ${name} on the same days: add their quantities, or end the first on the day the second begins.`,
      );
    }
  }
}

function startOf({ from }: Pick<BomLine, "from">): string {
  return from ?? "";
}

function refuseReversedDates({ from, to }: Pick<BomLine, "from" | "to">, where: string): void {
  if (from === null || to === null || from < to) return;
  throw refuse(
    "bom.dates_reversed",
    `${where} ends on ${to} and begins on ${from}: it would never hold.`,
  );
}

function refuseTwiceAlternates({ alternates, itemId }: BomLine, where: string): void {
  const items = [itemId, ...alternates.map((alternate) => alternate.itemId)];
  const priorities = alternates.map(({ priority }) => priority);
  if (new Set(items).size === items.length && new Set(priorities).size === priorities.length)
    return;
  throw refuse(
    "bom.alternate_twice",
    `${where} has two alternates of one priority, or one item twice.`,
  );
}

function refuseCostShares({ byProducts }: BomInput): void {
  const items = new Set(byProducts.map(({ itemId }) => itemId));
  if (items.size !== byProducts.length) {
    throw refuse("bom.by_product_twice", "One by-product is there twice: add its quantities.");
  }
  const sum = byProducts.reduce(
    (shares, { costSharePercent }) => plus(shares, fractionOf(costSharePercent)),
    { over: 0n, under: 1n },
  );
  if (sum.over < 100n * sum.under) return;
  throw refuse(
    "bom.cost_share_too_high",
    "By-products bear 100 % of the cost or more: the product itself would be free.",
  );
}

function refuse(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
