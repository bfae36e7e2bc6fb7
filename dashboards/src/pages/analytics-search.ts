/** What the report shows; it lives in the URL, so that it can be sent to a colleague. */
export type AnalyticsSearch = { days?: number; by?: Grouping; pareto?: Pareto };

export const groupings = ["day", "shift", "machine"] as const;
export type Grouping = (typeof groupings)[number];
export const paretos = ["reason", "machine"] as const;
export type Pareto = (typeof paretos)[number];
export const rangeDays = [7, 30, 90, 365] as const;

/** Reads it out of a URL; what it does not understand it leaves out. */
export function readAnalyticsSearch(search: Record<string, unknown>): AnalyticsSearch {
  const days = rangeDays.find((one) => one === Number(search["days"]));
  const by = groupings.find((one) => one === search["by"]);
  const pareto = paretos.find((one) => one === search["pareto"]);
  return {
    ...(days !== undefined && { days }),
    ...(by !== undefined && { by }),
    ...(pareto !== undefined && { pareto }),
  };
}
