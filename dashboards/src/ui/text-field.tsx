import type { InputHTMLAttributes } from "react";

import { Field } from "./field.tsx";

type Props = Omit<InputHTMLAttributes<HTMLInputElement>, "onChange" | "value" | "id"> & {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
};

/** One line of text with its label; attributes of the input may be given beside. */
export function TextField({ label, hint, value, onChange, ...attributes }: Props) {
  return (
    <Field label={label} {...(hint !== undefined && { hint })}>
      {(control) => (
        <input
          maxLength={100}
          {...attributes}
          {...control}
          className="input"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
