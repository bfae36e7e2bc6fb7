import type { ReactNode } from "react";
import { useTranslations } from "use-intl";

import { decimalPattern } from "../../forms/engineering/item-fields.tsx";
import { Icon } from "../../ui/icon.tsx";
import { UnitSelect } from "./unit-select.tsx";

type Part = { itemNumber: string; itemName: string; quantity: string; uom: string };

/** An item with how much of it, in a table: an alternate, or a by-product with one column more. */
export function PartRow<P extends Part>({
  part,
  before,
  children,
  onChange,
  onRemove,
}: {
  part: P;
  /** The cell in front of the item. */
  before?: ReactNode;
  /** Cells between the unit and the button that removes it. */
  children?: ReactNode;
  onChange: (part: P) => void;
  onRemove: () => void;
}) {
  const t = useTranslations();
  const { itemNumber, itemName, quantity, uom } = part;
  return (
    <tr>
      {before}
      <th scope="row" title={itemName}>
        {itemNumber} <span className="unit">{itemName}</span>
      </th>
      <td>
        <input
          className="input input-short"
          aria-label={`${t("bom.line.quantity")}, ${itemNumber}`}
          inputMode="decimal"
          pattern={decimalPattern}
          required
          maxLength={22}
          value={quantity}
          onChange={(event) => onChange({ ...part, quantity: event.target.value })}
        />
      </td>
      <td>
        <UnitSelect
          label={`${t("bom.line.unit")}, ${itemNumber}`}
          value={uom}
          onChange={(chosen) => onChange({ ...part, uom: chosen })}
        />
      </td>
      {children}
      <td>
        <button
          type="button"
          className="icon-button"
          aria-label={t("bom.removePart", { item: itemNumber })}
          onClick={onRemove}
        >
          <Icon name="close" size={16} />
        </button>
      </td>
    </tr>
  );
}
