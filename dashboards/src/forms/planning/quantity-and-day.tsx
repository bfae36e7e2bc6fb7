import { useTranslations } from "use-intl";

import { TextField } from "../../ui/text-field.tsx";
import { decimalPattern } from "../engineering/item-fields.tsx";

/** How much is asked for, and by which day. */
export function QuantityAndDay({
  uom,
  quantity,
  dueDay,
  onQuantity,
  onDueDay,
}: {
  /** Of the item; empty while there is none. */
  uom: string;
  quantity: string;
  dueDay: string;
  onQuantity: (quantity: string) => void;
  onDueDay: (dueDay: string) => void;
}) {
  const t = useTranslations();
  return (
    <div className="form-pair">
      <TextField
        label={`${t("planning.quantity")} ${uom}`}
        required
        inputMode="decimal"
        pattern={decimalPattern}
        value={quantity}
        onChange={onQuantity}
      />
      <TextField
        label={t("planning.dueDay")}
        required
        type="date"
        value={dueDay}
        onChange={onDueDay}
      />
    </div>
  );
}
