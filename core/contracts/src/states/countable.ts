import { Decimal } from "../units/index.ts";
import { Refusal } from "./refusal.ts";

/** How an item is counted, as engineering says. */
export type Counted = {
  readonly number: string;
  readonly uom: string;
  readonly uomDecimals: number;
};

// With 6 decimals that is 18 digits, and sums of them stay exact in the 20 digits Decimal keeps.
const quantityBound = 1e12;

/**
 * Refuses what nobody can count: half a piece, or more than there can be. Zero and less are for the caller.
 * @throws Refusal quantity.too_large · quantity.too_precise
 */
export function checkCountable(quantity: string, item: Counted): void {
  const asked = new Decimal(quantity);
  if (asked.abs().gte(quantityBound)) {
    throw new Refusal(
      "quantity.too_large",
      `${quantity} ${item.uom} of ${item.number}: a quantity is below ${quantityBound}. Check the unit.`,
      { kind: "invalid" },
    );
  }
  if (asked.decimalPlaces() > item.uomDecimals) {
    throw new Refusal(
      "quantity.too_precise",
      `${item.number} is counted in ${item.uom} to ${item.uomDecimals} decimals; ${quantity} has more. Round it first.`,
      { kind: "invalid" },
    );
  }
}
