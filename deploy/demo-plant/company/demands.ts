import { companyItems } from "./catalogue.ts";

export type CompanyDemand = {
  readonly kind: "sales_order" | "forecast";
  /** Of the item. */
  readonly number: string;
  readonly quantity: string;
  /** `YYYY-MM-DD` */
  readonly dueDay: string;
  readonly reference: string;
};

/**
 * What customers have ordered from `today` on, and what sales expects after that: brackets in quantity,
 * a rack every few days. The same for every company, so that two demo plants plan the same.
 */
export function openDemands(today: Date): CompanyDemand[] {
  const racks = companyItems.filter(({ number }) => number.startsWith("RK-"));
  const due = (days: number) =>
    new Date(today.getTime() + days * dayMs).toISOString().slice(0, "YYYY-MM-DD".length);
  const brackets = ["BR-100", "BR-120", "BR-200", "BR-220"].map((number, index) => ({
    kind: "sales_order" as const,
    number,
    quantity: String(400 + 150 * index),
    dueDay: due(2 + 3 * index),
    reference: `SO-${20_101 + index}`,
  }));
  const ordered = racks.slice(0, racksOrdered).map(({ number }, index) => ({
    kind: "sales_order" as const,
    number,
    quantity: String(2 + ((index * 7) % 11)),
    dueDay: due(5 + 3 * index),
    reference: `SO-${20_110 + index}`,
  }));
  const expected = racks.slice(0, racksExpected).map(({ number }, index) => ({
    kind: "forecast" as const,
    number,
    quantity: String(20 + 5 * index),
    dueDay: due(56 + 7 * index),
    reference: "Forecast of sales",
  }));
  return [...brackets, ...ordered, ...expected];
}

const dayMs = 86_400_000;
const racksOrdered = 14;
const racksExpected = 6;
