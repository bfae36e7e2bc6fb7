import { type Iso8601, iso8601Schema } from "@millwright/contracts/units";

/** An instant as events carry it, UTC. */
export function instantOf(time: Date | number): Iso8601 {
  return iso8601Schema.parse(new Date(time).toISOString());
}
