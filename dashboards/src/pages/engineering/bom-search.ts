const bomViews = ["tree", "lines", "compare"] as const;
export type BomView = (typeof bomViews)[number];

/** What of a BOM is shown; without a revision the one that holds today. */
export type BomSearch = { bomId?: string; view?: BomView; with?: string };

/** Reads it out of a URL; what it does not understand it leaves out. */
export function readBomSearch(search: Record<string, unknown>): BomSearch {
  const view = bomViews.find((one) => one === search["view"]);
  const { bomId, with: other } = search;
  return {
    ...(typeof bomId === "string" && { bomId }),
    ...(view !== undefined && { view }),
    ...(typeof other === "string" && { with: other }),
  };
}
