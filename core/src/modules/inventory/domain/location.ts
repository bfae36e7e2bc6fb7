import { type LocationKind, placeKinds, Refusal, virtualKinds } from "@millwright/contracts/states";

export type Location = {
  locationId: string;
  parentId: string | null;
  kind: LocationKind;
  code: string;
  name: string;
  allowsNegative: boolean;
};

/** What a location may lie directly under; null = at the top of the tree. */
const parents = {
  site: [null],
  warehouse: ["site"],
  zone: ["warehouse"],
  bin: ["zone", "warehouse"],
  supplier: [null, "site"],
  customer: [null, "site"],
  production: [null, "site"],
  scrap: [null, "site"],
  adjustment: [null, "site"],
  in_transit: [null, "site"],
} as const satisfies Record<LocationKind, readonly (LocationKind | null)[]>;

/** @throws Refusal location.misplaced */
export function checkPlace(kind: LocationKind, parent: Pick<Location, "kind" | "code"> | null) {
  const allowed: readonly (LocationKind | null)[] = parents[kind];
  if (allowed.includes(parent?.kind ?? null)) return;
  const names = allowed.map((name) => name ?? "the top of the tree");
  throw new Refusal(
    "location.misplaced",
    `A ${kind} lies under ${names.join(" or ")}, not under ${parent === null ? "the top of the tree" : `${parent.kind} ${parent.code}`}. Name another parent.`,
    { kind: "invalid", current: parent?.kind ?? "none", asked: kind, allowed: names },
  );
}

/** Stock lies in bins and in virtual locations: never in a site, warehouse or zone as such. */
export function holdsStock(kind: LocationKind): boolean {
  return kind === "bin" || isVirtual(kind);
}

/** What is really there and can be counted: bins, and what is on a truck between them. */
export function isPhysical(kind: LocationKind): boolean {
  return kind === "bin" || kind === "in_transit";
}

/** Where goods come into the company's books: a lot number from there may be new. */
export function isSource(kind: LocationKind): boolean {
  return kind === "supplier" || kind === "production" || kind === "adjustment";
}

/** Where goods are used: only stock of good quality may go there. */
export function isUse(kind: LocationKind): boolean {
  return kind === "production" || kind === "customer";
}

/** The other side of the books goes below zero by nature; everything physical must not. */
export function allowsNegativeByNature(kind: LocationKind): boolean {
  return isSource(kind) || kind === "customer";
}

function isVirtual(kind: LocationKind): boolean {
  const places: readonly LocationKind[] = placeKinds;
  return !places.includes(kind) && virtualKinds.some((virtual) => virtual === kind);
}
