import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";

import { decimalPattern } from "../../forms/engineering/item-fields.tsx";
import { decimal } from "../../forms/engineering/item-input.ts";

/** A number for fingers in gloves: large, with steps beside it. A scan into it is refused by the browser. */
export function QuantityEntry({
  label,
  uom,
  initial = "",
  action,
  onEnter,
}: {
  label: string;
  uom: string;
  initial?: string;
  action: string;
  onEnter: (quantity: string) => void;
}) {
  const t = useTranslations();
  const [quantity, setQuantity] = useState(initial);
  const step = (by: number) => {
    const next = Math.max(0, (Number(decimal(quantity)) || 0) + by);
    setQuantity(String(next));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onEnter(decimal(quantity));
  };
  return (
    <form className="quantity-entry" onSubmit={submit}>
      <label htmlFor="quantity">{label}</label>
      <div className="quantity-line">
        <button
          type="button"
          className="button quantity-step"
          aria-label={t("scanner.less")}
          onClick={() => step(-1)}
        >
          −
        </button>
        <input
          id="quantity"
          className="input quantity-input"
          inputMode="decimal"
          required
          // The person has just scanned; the number is the one thing to do now.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          autoComplete="off"
          pattern={decimalPattern}
          value={quantity}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setQuantity(event.target.value)}
        />
        <button
          type="button"
          className="button quantity-step"
          aria-label={t("scanner.more")}
          onClick={() => step(1)}
        >
          +
        </button>
        <span className="quantity-unit">{uom}</span>
      </div>
      <button type="submit" className="button button-main scan-button">
        {action}
      </button>
    </form>
  );
}
