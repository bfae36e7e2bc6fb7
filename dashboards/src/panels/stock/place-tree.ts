import type { Location } from "@millwright/contracts/api";

export type Place = { location: Location; depth: number };

/**
 * Places in the order of their tree, each followed by what lies in it; those that have no place above
 * (and virtual ones) at the top, by code. A circle in the data is drawn once, not for ever.
 */
export function placeTree(locations: readonly Location[]): Place[] {
  const below = Map.groupBy(locations, ({ parentId }) => parentId);
  const ids = new Set(locations.map(({ locationId }) => locationId));
  const tops = locations.filter(({ parentId }) => parentId === null || !ids.has(parentId));
  const places: Place[] = [];
  const seen = new Set<string>();
  const walk = (location: Location, depth: number) => {
    if (seen.has(location.locationId)) return;
    seen.add(location.locationId);
    places.push({ location, depth });
    for (const child of below.get(location.locationId) ?? []) walk(child, depth + 1);
  };
  for (const top of tops) walk(top, 0);
  return places;
}
