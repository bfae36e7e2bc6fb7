import type { UomConversion } from "@millwright/contracts/api";
import type { Actor } from "@millwright/contracts/events";
import { standardConversions, standardUoms, toQuantity } from "@millwright/contracts/units";

import { recordChange } from "../../platform/audit/record-change.ts";
import type { Transaction } from "../../platform/db/transaction.ts";
import { Refusal } from "../../platform/errors.ts";
import { dividedBy, fractionOf, isSame } from "./domain/fraction.ts";
import { conversionFactor, findUom, type Uom } from "./domain/uom.ts";
import { insertConversion, insertUom, readConversions, readUoms } from "./store/uoms.ts";

/** Units and general conversions a company may use, its own and the standard ones. */
export async function readAllUoms(tx: Transaction) {
  const own = await readUoms(tx);
  const standard = standardUoms.map((uom) => ({ ...uom, isStandard: true }));
  const conversions = await readConversions(tx, []);
  const all = [...standardConversions.map((each) => ({ ...each, itemId: null })), ...conversions];
  return {
    uoms: [...standard, ...own.map((uom) => ({ ...uom, isStandard: false }))],
    conversions: all.map((each) => ({
      ...each,
      numerator: toQuantity(each.numerator),
      denominator: toQuantity(each.denominator),
    })),
  };
}

/** @throws Refusal uom.taken */
export async function addUom(tx: Transaction, uom: Uom, by: Actor): Promise<Uom> {
  const isStandard = standardUoms.some((standard) => standard.uom === uom.uom);
  if (isStandard || !(await insertUom(tx, uom))) {
    throw new Refusal("uom.taken", `There is a unit ${uom.uom} already.`);
  }
  const change = { objectType: "uom", objectId: uom.uom, before: null, after: uom, by };
  recordChange(tx, change);
  return uom;
}

/**
 * Says what one unit is in another, for one item or for all.
 * @throws Refusal uom.unknown · uom.conversion_to_itself · uom.conversion_taken ·
 *   uom.conversion_contradicts
 */
export async function addConversion(
  tx: Transaction,
  conversion: UomConversion,
  by: Actor,
): Promise<UomConversion> {
  const { itemId, from, to } = conversion;
  const uoms = await readUoms(tx);
  const lost = [from, to].find((uom) => findUom(uoms, uom) === null);
  if (lost !== undefined) {
    throw invalid("uom.unknown", `There is no unit ${lost}: add it with POST /api/uoms.`);
  }
  if (from === to) {
    throw invalid("uom.conversion_to_itself", `One ${from} is one ${to}, always.`);
  }
  const known = await readConversions(tx, itemId === null ? [] : [itemId]);
  const factor = conversionFactor(known, { itemId, from, to });
  const asked = dividedBy(fractionOf(conversion.numerator), fractionOf(conversion.denominator));
  if (factor !== null && !isSame(factor, asked) && !isOverride(itemId, known)) {
    throw new Refusal(
      "uom.conversion_contradicts",
      `One ${from} is ${factor.over}/${factor.under} ${to} by the conversions there are.`,
      { current: `${factor.over}/${factor.under}`, asked: `${asked.over}/${asked.under}` },
    );
  }
  if (!(await insertConversion(tx, conversion))) {
    throw new Refusal("uom.conversion_taken", `${from} to ${to} is there already.`);
  }
  recordChange(tx, {
    objectType: "uom_conversion",
    objectId: `${itemId ?? "all"}:${from}:${to}`,
    before: null,
    after: conversion,
    by,
  });
  return conversion;
}

/** An item's own first conversion may differ from the general one: that is what it is for. */
function isOverride(itemId: string | null, known: readonly { itemId: string | null }[]): boolean {
  return itemId !== null && !known.some((conversion) => conversion.itemId === itemId);
}

function invalid(code: string, sentence: string): Refusal {
  return new Refusal(code, sentence, { kind: "invalid" });
}
