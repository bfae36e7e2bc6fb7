import type { SelectHTMLAttributes } from "react";

import { Field } from "./field.tsx";

export type Option<Value extends string> = { value: Value; title: string };

type SelectProps<Value extends string> = Omit<
  SelectHTMLAttributes<HTMLSelectElement>,
  "onChange" | "value"
> & {
  value: Value;
  /** In the order shown; one with an empty value stands for nothing chosen. */
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
};

/** One of some words; attributes of the control may be given beside. */
export function Select<Value extends string>({
  value,
  options,
  onChange,
  className = "select",
  ...attributes
}: SelectProps<Value>) {
  return (
    <select
      {...attributes}
      className={className}
      value={value}
      onChange={(event) => {
        const chosen = options.find((one) => one.value === event.target.value);
        if (chosen !== undefined) onChange(chosen.value);
      }}
    >
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.title}
        </option>
      ))}
    </select>
  );
}

/** The same with its label. */
export function SelectField<Value extends string>({
  label,
  hint,
  ...select
}: SelectProps<Value> & { label: string; hint?: string }) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })}>
      {(control) => <Select {...select} {...control} />}
    </Field>
  );
}
