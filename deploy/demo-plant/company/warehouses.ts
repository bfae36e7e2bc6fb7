import { companyItems } from "./catalogue.ts";

/** Hand work and cells without a counter, beside the machines of the line; cost per hour. */
export const companyWorkCenters = [
  { areaName: "Tube shop", name: "Tube saw", costPerHour: "48" },
  { areaName: "Tube shop", name: "Drill press", costPerHour: "44" },
  { areaName: "Sheet shop", name: "Laser", costPerHour: "125" },
  { areaName: "Sheet shop", name: "Press brake", costPerHour: "78" },
  { areaName: "Welding", name: "Welding cell 1", costPerHour: "72" },
  { areaName: "Welding", name: "Welding cell 2", costPerHour: "72" },
  { areaName: "Surface", name: "Powder coating", costPerHour: "96" },
  { areaName: "Final assembly", name: "Assembly bench A", costPerHour: "42" },
  { areaName: "Final assembly", name: "Assembly bench B", costPerHour: "42" },
  { areaName: "Final assembly", name: "Final packing", costPerHour: "38" },
] as const;

/** Two warehouses: material near the machines, goods near the ramp. */
export const warehouses = [
  { code: "WH-MAT", name: "Material", zones: ["A", "B"], binsPerZone: 10 },
  { code: "WH-FIN", name: "Finished goods", zones: ["F"], binsPerZone: 12 },
] as const;

export const virtualPlaces = [
  { kind: "supplier", code: "SUPPLIER", name: "Suppliers" },
  { kind: "customer", code: "CUSTOMER", name: "Customers" },
  { kind: "production", code: "PRODUCTION", name: "Production" },
  { kind: "scrap", code: "SCRAP", name: "Scrap" },
  { kind: "adjustment", code: "ADJUSTMENT", name: "Adjustments" },
  { kind: "in_transit", code: "IN_TRANSIT", name: "In transit" },
] as const;

/**
 * The silo of the line, as a bin. The books begin a little below what its sensor says, so that there is
 * something to decide.
 */
export const silo = {
  workUnit: "Granulate silo",
  zone: "A",
  bin: "SILO-1",
  name: "Granulate silo",
  item: "GR-PA6",
  quantity: "1500",
} as const;

export function binCode(zone: string, number: number): string {
  return `${zone}-${String(number).padStart(2, "0")}`;
}

/** What lies in stock on the first day: every bought item in one bin, some of what is made. */
export function openingStock(): {
  number: string;
  bin: string;
  quantity: string;
  lot: string | null;
}[] {
  const bought = companyItems.filter(({ kind }) => kind === "buy");
  const material = bought.map(({ number, uom, tracking }, index) => ({
    number,
    ...(number === silo.item
      ? { bin: silo.bin, quantity: silo.quantity }
      : {
          bin: binCode(index % 2 === 0 ? "A" : "B", 1 + (index % 10)),
          // Enough for a week; every ninth is short, as in life.
          quantity: String(
            (uom === "pc" || uom === "set" ? 400 : 120) * (index % 9 === 4 ? 0.05 : 1),
          ),
        }),
    lot: tracking === "lot" ? `${number}-2611` : null,
  }));
  const racks = companyItems.filter(({ number }) => number.startsWith("RK-"));
  const goods = racks
    .filter((_, index) => index % 4 === 0)
    .map(({ number }, index) => ({
      number,
      bin: binCode("F", 1 + (index % 12)),
      quantity: String(2 + (index % 5)),
      lot: null,
    }));
  return [...material, ...goods];
}
