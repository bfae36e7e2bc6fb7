import type { Bom, StoredItem } from "@millwright/contracts/api";
import { consumptionRules } from "@millwright/contracts/states/engineering";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { itemQuery } from "../../api/engineering-queries.ts";
import { FormDialog } from "../../forms/form-dialog.tsx";
import { ItemPicker } from "../../forms/item-picker.tsx";
import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import type { DraftAlternate, DraftLine, LineDetails } from "./draft-edits.ts";
import { namedPart } from "./named-part.ts";
import { PartRow } from "./part-row.tsx";

/** What a line says beside its row: its days, the step that takes it, how strictly, and its alternates. */
export function LineDetailsForm({
  bom,
  line,
  onSave,
  onClose,
}: {
  bom: Bom;
  line: DraftLine;
  onSave: (details: LineDetails) => void;
  onClose: () => void;
}) {
  const t = useTranslations();
  const { data: product } = useQuery(itemQuery(bom.itemId));
  const { from, to, consumption, step, alternates } = line;
  const [details, setDetails] = useState<LineDetails>({ from, to, consumption, step, alternates });
  const set = (some: Partial<LineDetails>) => setDetails({ ...details, ...some });
  return (
    <FormDialog
      title={t("bom.detailsOf", { item: line.itemNumber })}
      action={t("bom.takeOver")}
      onSubmit={() => {
        onSave(details);
        onClose();
      }}
      onClose={onClose}
    >
      <div className="form-pair">
        <TextField
          label={t("bom.from")}
          hint={t("bom.fromHint")}
          type="date"
          value={details.from ?? ""}
          onChange={(day) => set({ from: dayOrNull(day) })}
        />
        <TextField
          label={t("bom.until")}
          hint={t("bom.untilHint")}
          type="date"
          value={details.to ?? ""}
          onChange={(day) => set({ to: dayOrNull(day) })}
        />
      </div>
      <div className="form-pair">
        <StepField product={product} step={details.step} onChange={(next) => set({ step: next })} />
        <Field label={t("bom.consumption")}>
          {(control) => (
            <select
              {...control}
              className="select"
              value={details.consumption}
              onChange={(event) => {
                const rule = consumptionRules.find((one) => one === event.target.value);
                if (rule !== undefined) set({ consumption: rule });
              }}
            >
              {consumptionRules.map((rule) => (
                <option key={rule} value={rule}>
                  {t(`consumptionRule.${rule}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <Alternates
        alternates={details.alternates}
        without={[bom.itemId, line.itemId]}
        onChange={(next) => set({ alternates: next })}
      />
    </FormDialog>
  );
}

function StepField({
  product,
  step,
  onChange,
}: {
  product: StoredItem | undefined;
  step: number | null;
  onChange: (step: number | null) => void;
}) {
  const t = useTranslations();
  const operations = product?.operations ?? [];
  const isKnown = step === null || operations.some((operation) => operation.step === step);
  return (
    <Field label={t("bom.step")}>
      {(control) => (
        <select
          {...control}
          className="select"
          value={step ?? ""}
          onChange={(event) =>
            onChange(event.target.value === "" ? null : Number(event.target.value))
          }
        >
          <option value="">{t("bom.firstStep")}</option>
          {!isKnown && <option value={step}>{step}</option>}
          {operations.map((operation) => (
            <option key={operation.step} value={operation.step}>
              {operation.step} · {operation.name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** In the order in which they are taken. */
function Alternates({
  alternates,
  without,
  onChange,
}: {
  alternates: readonly DraftAlternate[];
  without: readonly string[];
  onChange: (alternates: DraftAlternate[]) => void;
}) {
  const t = useTranslations();
  return (
    <section className="parts" aria-label={t("bom.alternates")}>
      <h3>{t("bom.alternates")}</h3>
      <p className="hint">{t("bom.alternatesHint")}</p>
      {alternates.length > 0 && (
        <table className="table" aria-label={t("bom.alternates")}>
          <tbody>
            {alternates.map((alternate, place) => (
              <PartRow
                key={alternate.itemId}
                part={alternate}
                before={
                  <td>
                    <button
                      type="button"
                      className="icon-button"
                      disabled={place === 0}
                      aria-label={t("bom.earlier", { item: alternate.itemNumber })}
                      onClick={() =>
                        onChange(alternates.toSpliced(place, 1).toSpliced(place - 1, 0, alternate))
                      }
                    >
                      <Icon name="up" size={16} />
                    </button>
                    {place + 1}
                  </td>
                }
                onChange={(next) => onChange(alternates.with(place, next))}
                onRemove={() => onChange(alternates.toSpliced(place, 1))}
              />
            ))}
          </tbody>
        </table>
      )}
      <ItemPicker
        label={t("bom.addAlternate")}
        picked={null}
        without={[...without, ...alternates.map(({ itemId }) => itemId)]}
        onPick={(item) => {
          if (item === null) return;
          onChange([...alternates, { ...namedPart(item), priority: alternates.length + 1 }]);
        }}
      />
    </section>
  );
}

function dayOrNull(day: string): string | null {
  return day === "" ? null : day;
}
