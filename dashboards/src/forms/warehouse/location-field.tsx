import type { Location } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslations } from "use-intl";

import { locationsQuery } from "../../api/stock-queries.ts";

/** A place by its code, typed, scanned or chosen; null while the code names none. */
export function LocationField({
  label,
  kinds,
  code: initialCode = "",
  isLabelHidden = false,
  onChange,
}: {
  label: string;
  /** On offer; others are refused. */
  kinds: readonly Location["kind"][];
  code?: string;
  /** In a table, whose head says it. */
  isLabelHidden?: boolean;
  onChange: (location: Location | null) => void;
}) {
  const t = useTranslations();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [code, setCode] = useState(initialCode);
  const { data } = useQuery(locationsQuery);
  const choices = (data?.rows ?? []).filter(({ kind }) => kinds.includes(kind));
  const isKnown = code === "" || choices.some((one) => one.code === code);
  useEffect(() => {
    input.current?.setCustomValidity(isKnown ? "" : t("stock.noSuchPlace"));
  }, [isKnown, t]);
  return (
    <div className="field">
      <label htmlFor={id} className={isLabelHidden ? "visually-hidden" : undefined}>
        {label}
      </label>
      <input
        ref={input}
        id={id}
        className="input"
        list={`${id}-codes`}
        autoComplete="off"
        required
        maxLength={40}
        value={code}
        onChange={(event) => {
          const typed = event.target.value;
          setCode(typed);
          onChange(choices.find((one) => one.code === typed.trim()) ?? null);
        }}
      />
      <datalist id={`${id}-codes`}>
        {choices.map((one) => (
          <option key={one.locationId} value={one.code}>
            {one.name}
          </option>
        ))}
      </datalist>
    </div>
  );
}
