import { type ReactNode, useId } from "react";

type Control = { id: string; "aria-describedby"?: string };

/** A labelled form control with its hint. The control gets the ids that tie them together. */
export function Field({
  label,
  hint,
  children,
}: {
  label: string;
  hint?: string;
  children: (control: Control) => ReactNode;
}) {
  const id = useId();
  const hintId = `${id}-hint`;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(hint === undefined ? { id } : { id, "aria-describedby": hintId })}
      {hint !== undefined && (
        <p id={hintId} className="hint">
          {hint}
        </p>
      )}
    </div>
  );
}
