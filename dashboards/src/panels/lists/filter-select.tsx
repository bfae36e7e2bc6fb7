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
  options: readonly { value: Value; title: string }[];
  className?: string;
  /** Undefined: everything. */
  onChoose: (value: Value | undefined) => void;
}) {
  return (
    <select
      className={className}
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChoose(options.find((one) => one.value === event.target.value)?.value)}
    >
      <option value="">{all}</option>
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.title}
        </option>
      ))}
    </select>
  );
}
