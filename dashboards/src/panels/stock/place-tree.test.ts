import type { Location } from "@millwright/contracts/api";
import { expect, test } from "vitest";

import { placeTree } from "./place-tree.ts";

const place = (locationId: string, parentId: string | null) =>
  ({ locationId, parentId, code: locationId }) as Location;

test("puts each place below the one it lies in", () => {
  const places = placeTree([
    place("A-01", "WH"),
    place("SUPPLIER", null),
    place("WH", "SITE"),
    place("SITE", null),
    place("A-02", "WH"),
  ]);
  expect(places.map(({ location, depth }) => `${depth} ${location.code}`)).toEqual([
    "0 SUPPLIER",
    "0 SITE",
    "1 WH",
    "2 A-01",
    "2 A-02",
  ]);
});

test("shows a place whose parent was not read at the top", () => {
  expect(placeTree([place("B-01", "elsewhere")])).toHaveLength(1);
});
