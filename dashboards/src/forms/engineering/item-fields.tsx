import { itemKinds } from "@millwright/contracts/states/engineering";
import { trackings } from "@millwright/contracts/states/stock";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { uomsQuery } from "../../api/engineering-queries.ts";
import { Field } from "../../ui/field.tsx";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import type { TypedItem } from "./item-input.ts";

/** The master data of an item. */
export function ItemFields({
  typed,
  isReadOnly = false,
  onChange,
}: {
  typed: TypedItem;
  isReadOnly?: boolean;
  onChange: (typed: TypedItem) => void;
}) {
  const t = useTranslations();
  const { data: units } = useQuery(uomsQuery);
  const set = (part: Partial<TypedItem>) => onChange({ ...typed, ...part });
  return (
    <fieldset className="item-fields" disabled={isReadOnly}>
      <TextField
        label={t("item.number")}
        required
        maxLength={60}
        value={typed.number}
        onChange={(number) => set({ number })}
      />
      <TextField
        label={t("item.name")}
        required
        maxLength={200}
        value={typed.name}
        onChange={(name) => set({ name })}
      />
      <SelectField
        label={t("items.kind")}
        value={typed.kind}
        options={itemKinds.map((value) => ({ value, title: t(`itemKind.${value}`) }))}
        onChange={(kind) => set({ kind })}
      />
      <Field label={t("column.unit")}>
        {(control) => (
          <select
            {...control}
            className="select"
            value={typed.uom}
            onChange={(event) => set({ uom: event.target.value })}
          >
            {units === undefined && <option>{typed.uom}</option>}
            {units?.uoms.map(({ uom, name }) => (
              <option key={uom} value={uom}>
                {uom} · {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <SelectField
        label={t("items.tracking")}
        hint={t("items.trackingHint")}
        value={typed.tracking}
        options={trackings.map((value) => ({ value, title: t(`tracking.${value}`) }))}
        onChange={(tracking) => set({ tracking })}
      />
      <TextField
        label={t("items.revision")}
        hint={t("items.revisionHint")}
        maxLength={20}
        value={typed.revision}
        onChange={(revision) => set({ revision })}
      />
      <TextField
        label={t("items.purchasePrice")}
        hint={t("items.purchasePriceHint")}
        inputMode="decimal"
        pattern={decimalPattern}
        value={typed.purchasePrice}
        onChange={(purchasePrice) => set({ purchasePrice })}
      />
      <TextField
        label={t("items.costLotSize")}
        hint={t("items.costLotSizeHint")}
        inputMode="decimal"
        pattern={decimalPattern}
        value={typed.costLotSize}
        onChange={(costLotSize) => set({ costLotSize })}
      />
      <div className="item-description">
        <Field label={t("items.description")}>
          {(control) => (
            <textarea
              {...control}
              className="input"
              rows={3}
              maxLength={4000}
              value={typed.description}
              onChange={(event) => set({ description: event.target.value })}
            />
          )}
        </Field>
      </div>
    </fieldset>
  );
}

/** As the contract takes decimals, with a comma allowed for the point. */
export const decimalPattern = "\\s*\\d{1,15}([.,]\\d{1,6})?\\s*";
