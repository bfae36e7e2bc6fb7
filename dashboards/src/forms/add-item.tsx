import type { Item } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { equipmentQuery, keys } from "../api/queries.ts";
import type { Equipment, NewItem } from "../api/shapes.ts";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icon.tsx";
import { useCommand } from "../ui/use-command.ts";
import { FormDialog } from "./form-dialog.tsx";

/** One routing step as it is typed; steps are numbered 10, 20, 30 in the order of the list. */
type Step = { name: string; workCenterId: string; seconds: string };

const emptyStep: Step = { name: "", workCenterId: "", seconds: "" };

/** What is made and how: without an item there is nothing to order. */
export function AddItem({ onClose }: { onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const { data: equipment } = useQuery(equipmentQuery);
  const [item, setItem] = useState({ number: "", name: "", uom: "pc" });
  const [steps, setSteps] = useState<Step[]>([emptyStep]);
  const add = useCommand<NewItem, Item>(() => "/api/items", {
    body: (body) => body,
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.items });
      onClose();
    },
  });
  const submit = () => {
    const operations = steps.map((step, index) => ({
      step: (index + 1) * 10,
      name: step.name,
      workCenterId: step.workCenterId,
      runMsPerUnit: Number(step.seconds) * 1_000,
      setupMs: 0,
    }));
    add.mutate({ ...item, kind: "make", operations });
  };
  const hasWorkCenter = equipment?.areas.some((area) => area.workCenters.length > 0) === true;
  return (
    <FormDialog
      title={t("item.new")}
      action={t("action.add")}
      isPending={add.isPending}
      error={add.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <div className="form-columns">
        <TextField
          label={t("item.number")}
          lengthMax={60}
          value={item.number}
          onChange={(number) => setItem({ ...item, number })}
        />
        <TextField
          label={t("item.name")}
          lengthMax={200}
          value={item.name}
          onChange={(name) => setItem({ ...item, name })}
        />
        <TextField
          label={t("column.unit")}
          lengthMax={10}
          value={item.uom}
          onChange={(uom) => setItem({ ...item, uom })}
        />
      </div>
      <fieldset className="routing">
        <legend>{t("item.routing")}</legend>
        {equipment !== undefined && !hasWorkCenter && (
          <p className="hint">{t("item.noWorkCenters")}</p>
        )}
        {steps.map((step, index) => (
          <StepFields
            // Steps have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            key={index}
            number={(index + 1) * 10}
            step={step}
            uom={item.uom}
            equipment={equipment}
            onChange={(next) => setSteps(steps.with(index, next))}
            onRemove={steps.length > 1 ? () => setSteps(steps.toSpliced(index, 1)) : null}
          />
        ))}
        <button type="button" className="button" onClick={() => setSteps([...steps, emptyStep])}>
          <Icon name="add" size={16} /> {t("item.addOperation")}
        </button>
      </fieldset>
    </FormDialog>
  );
}

function StepFields({
  number,
  step,
  uom,
  equipment,
  onChange,
  onRemove,
}: {
  number: number;
  step: Step;
  uom: string;
  equipment: Equipment | undefined;
  onChange: (step: Step) => void;
  onRemove: (() => void) | null;
}) {
  const t = useTranslations();
  return (
    <div className="routing-step">
      <b>{number}</b>
      <TextField
        label={t("item.operation")}
        lengthMax={100}
        value={step.name}
        onChange={(name) => onChange({ ...step, name })}
      />
      <Field label={t("column.workCenter")}>
        {(control) => (
          <select
            {...control}
            className="select"
            required
            value={step.workCenterId}
            onChange={(event) => onChange({ ...step, workCenterId: event.target.value })}
          >
            <option value="">{t("form.choose")}</option>
            {equipment?.areas.map((area) => (
              <optgroup key={area.areaId} label={area.name}>
                {area.workCenters.map((center) => (
                  <option key={center.workCenterId} value={center.workCenterId}>
                    {center.name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
      <Field label={t("item.seconds", { uom })}>
        {(control) => (
          <input
            {...control}
            className="input"
            type="number"
            required
            min={0.001}
            step="any"
            value={step.seconds}
            onChange={(event) => onChange({ ...step, seconds: event.target.value })}
          />
        )}
      </Field>
      {onRemove !== null && (
        <button
          type="button"
          className="icon-button"
          aria-label={t("item.remove", { step: number })}
          onClick={onRemove}
        >
          <Icon name="close" size={16} />
        </button>
      )}
    </div>
  );
}

function TextField({
  label,
  lengthMax,
  value,
  onChange,
}: {
  label: string;
  lengthMax: number;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label}>
      {(control) => (
        <input
          {...control}
          className="input"
          required
          maxLength={lengthMax}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
