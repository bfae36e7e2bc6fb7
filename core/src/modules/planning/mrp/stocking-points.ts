import type { ItemPolicyInput } from "@millwright/contracts/api";

import type { AlternateRecord, ByProductRecord, LineRecord } from "../engine/mrp/compose-input.ts";
import type { SupplyKind } from "../engine/mrp/input.ts";

/**
 * Where an item is planned. Every item has one point for all of the company (`siteId` null), and one
 * more for each site that its policy plans by itself.
 */
export type StockingPoint = {
  readonly itemId: string;
  readonly siteId: string | null;
  /** The site that sends; of points of kind transfer only. */
  readonly fromSiteId: string | null;
  readonly kind: SupplyKind;
};

type PlannedItem = { itemId: string; kind: SupplyKind; policy: Pick<ItemPolicyInput, "sites"> };

/** A line of a BOM: so much of the component per unit of the product, per_over / per_under. */
export type Line = Per & {
  product_id: string;
  component_id: string;
  /** What may be taken instead, best first, per unit of the product too. */
  alternates: readonly (Per & { item_id: string })[];
};
export type ByProduct = Per & { product_id: string; by_product_id: string };
type Per = { per_over: string; per_under: string };

export type StockingPoints = {
  /** Those of all the company first, in order of the items. */
  readonly points: readonly StockingPoint[];
  /** Id of the point that a need or supply of an item at a site belongs to; site null: anywhere. */
  readonly idAt: (itemId: string, siteId: string | null) => string;
};

export function placePoints(items: readonly PlannedItem[]): StockingPoints {
  const common = items.map(({ itemId, kind }) => ({
    itemId,
    siteId: null,
    fromSiteId: null,
    kind,
  }));
  const ofSites = items.flatMap(({ itemId, policy: { sites } }) =>
    sites.map(({ siteId, supply, fromSiteId }) => ({ itemId, siteId, fromSiteId, kind: supply })),
  );
  const kept = new Set(ofSites.map(pointId));
  const idAt = (itemId: string, siteId: string | null) => {
    const id = pointId({ itemId, siteId });
    return kept.has(id) ? id : itemId;
  };
  return { points: [...common, ...ofSites], idAt };
}

export function pointId({ itemId, siteId }: { itemId: string; siteId: string | null }): string {
  return siteId === null ? itemId : `${itemId}@${siteId}`;
}

/**
 * What the orders of all points take. What is made at a site takes its components at that site, where
 * they are planned there by themselves; a transfer takes the item at the site that sends it.
 */
export function linesOfPoints(places: StockingPoints, lines: readonly Line[]): LineRecord[] {
  const linesOf = Map.groupBy(lines, ({ product_id }) => product_id);
  const { idAt } = places;
  return places.points.flatMap((point): LineRecord[] => {
    const { itemId, siteId, fromSiteId, kind } = point;
    const parent = pointId(point);
    if (kind === "transfer") {
      return [{ parent, component: idAt(itemId, fromSiteId), quantityPer: "1" }];
    }
    if (kind === "buy" && siteId !== null) return [];
    return (linesOf.get(itemId) ?? []).map((line) => ({
      parent,
      component: idAt(line.component_id, siteId),
      quantityPer: line.per_over,
      quantityUnder: line.per_under,
      alternates: alternatesAt(places, line, siteId),
    }));
  });
}

/** Stock of an alternate is taken at the site where the component is needed, or anywhere with it. */
export function alternatesAt(
  { idAt }: StockingPoints,
  { alternates }: Pick<Line, "alternates">,
  siteId: string | null,
): AlternateRecord[] {
  return alternates.map(({ item_id, per_over, per_under }) => ({
    point: idAt(item_id, siteId),
    quantityPer: per_over,
    quantityUnder: per_under,
  }));
}

/** What comes out beside the orders of all points, at the same site. */
export function byProductsOfPoints(
  { points, idAt }: StockingPoints,
  byProducts: readonly ByProduct[],
): ByProductRecord[] {
  const ofItem = Map.groupBy(byProducts, ({ product_id }) => product_id);
  const made = points.filter(({ siteId, kind }) => siteId === null || kind === "make");
  return made.flatMap((point) =>
    (ofItem.get(point.itemId) ?? []).map((each) => ({
      parent: pointId(point),
      product: idAt(each.by_product_id, point.siteId),
      quantityPer: each.per_over,
      quantityUnder: each.per_under,
    })),
  );
}
