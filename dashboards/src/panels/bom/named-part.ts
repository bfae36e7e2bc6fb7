import type { PickedItem } from "../../forms/item-picker.tsx";
import type { DraftByProduct } from "./draft-edits.ts";

/** One of the item that was picked, as a BOM names its parts. */
export function namedPart(item: PickedItem) {
  return {
    itemId: item.itemId,
    itemNumber: item.number,
    itemName: item.name,
    itemKind: item.kind,
    itemUom: item.uom,
    quantity: "1" as DraftByProduct["quantity"],
    uom: item.uom,
  };
}
