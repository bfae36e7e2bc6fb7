import type { LabelToPrint, PrintLabels } from "@millwright/contracts/api";

import type { Transaction } from "../../platform/db/transaction.ts";
import type { Label, Symbology } from "../../platform/labels/label.ts";
import type { Engineering } from "../engineering/index.ts";
import { unknown } from "./domain/posting.ts";
import { identifiers } from "./domain/scan.ts";
import { loadLocations } from "./store/locations.ts";

/**
 * What stands on the labels asked for. A plain symbology carries the number alone, for scanners that
 * type what they read; the others carry element strings, which say what they are.
 * @throws Refusal location.unknown · item.unknown
 */
export async function composeLabels(
  tx: Transaction,
  engineering: Engineering,
  { labels, symbology }: PrintLabels,
): Promise<Label[]> {
  const places = await loadLocations(
    tx,
    labels.flatMap((label) => (label.of === "location" ? [label.locationId] : [])),
  );
  const composed: Label[] = [];
  for (const label of labels) {
    if (label.of === "location") {
      const place = places.get(label.locationId);
      if (place === undefined) throw unknown("location", label.locationId);
      const text = textOf(symbology, [[identifiers.ownPlace, place.code]]);
      composed.push({ title: place.code, lines: [place.name], code: { symbology, text } });
    } else {
      composed.push(await itemLabel(tx, engineering, label, symbology));
    }
  }
  return composed;
}

async function itemLabel(
  tx: Transaction,
  engineering: Engineering,
  label: Extract<LabelToPrint, { of: "item" }>,
  symbology: Symbology,
): Promise<Label> {
  // At most 500, each an index look-up in one transaction.
  const item = await engineering.item(tx, label.itemId);
  if (item === null) throw unknown("item", label.itemId);
  const { gtin, lotNumber, quantity } = label;
  const ofItem = gtin === undefined ? [identifiers.ownItem, item.number] : [identifiers.gtin, gtin];
  const lot = gtin === undefined ? identifiers.ownLot : lotIdentifier(item.tracking);
  const elements = [ofItem, ...(lotNumber === undefined ? [] : [[lot, lotNumber]])];
  return {
    title: item.number,
    lines: [
      item.name,
      ...(lotNumber === undefined
        ? []
        : [`${item.tracking === "serial" ? "SN" : "Lot"} ${lotNumber}`]),
      ...(quantity === undefined ? [] : [`${quantity} ${item.uom}`]),
    ],
    code: { symbology, text: textOf(symbology, elements) },
  };
}

function lotIdentifier(tracking: string): string {
  return tracking === "serial" ? identifiers.serial : identifiers.lot;
}

/** Bars have room for the last element alone; square codes carry all of them. */
function textOf(symbology: Symbology, elements: readonly (readonly string[])[]): string {
  if (symbology === "code128") return elements.at(-1)?.[1] ?? "";
  return elements.map(([identifier, value]) => `(${identifier})${value}`).join("");
}
