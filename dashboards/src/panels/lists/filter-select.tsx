import { type Option, Select } from "../../ui/select.tsx";

/** One way to narrow a list: a choice of words, the first of which is all of them. */
export function FilterSelect<Value extends string>({
  label,
  all,
  value,
  options,
  className = "select",
  onChoose,
}: {
  label: string;
  /** Names the choice of everything. */
  all: string;
  value: Value | undefined;
  options: readonly Option<Value>[];
  className?: string;
  /** Undefined: everything. */
  onChoose: (value: Value | undefined) => void;
}) {
  return (
    <Select<Value | "">
      aria-label={label}
      className={className}
      value={value ?? ""}
      options={[{ value: "", title: all }, ...options]}
      onChange={(chosen) => onChoose(chosen === "" ? undefined : chosen)}
    />
  );
}
