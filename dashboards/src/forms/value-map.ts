import { type MachineState, machineStates } from "@millwright/contracts/states/tables";

/** What a person typed per machine state: raw values with commas between them. */
export type ValueMapText = Partial<Record<MachineState, string>>;

/** Raw value (as text) → machine state, as a binding of role `state` stores it. */
export function toValueMap(text: ValueMapText): Record<string, MachineState> {
  const entries = machineStates.flatMap((state) =>
    (text[state] ?? "")
      .split(",")
      .map((raw) => raw.trim())
      .filter((raw) => raw !== "")
      .map((raw) => [raw, state] as const),
  );
  return Object.fromEntries(entries);
}

/** Raw values typed under two states: the machine can be in one at a time. */
export function ambiguousValues(text: ValueMapText): string[] {
  const raws = machineStates.flatMap((state) =>
    Object.keys(toValueMap({ [state]: text[state] ?? "" })),
  );
  return [...new Set(raws.filter((raw, index) => raws.indexOf(raw) !== index))];
}
