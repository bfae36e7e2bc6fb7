import type { StockGauge } from "@millwright/contracts/api";
import { gaugeRoles } from "@millwright/contracts/states/gauges";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { equipmentQuery } from "../../api/queries.ts";
import { stockKeys } from "../../api/stock-queries.ts";
import type { GaugeInput } from "../../api/stock-shapes.ts";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useCommand } from "../../ui/use-command.ts";
import { useSave } from "../../ui/use-save.ts";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { decimal } from "../engineering/item-input.ts";
import { FormDialog } from "../form-dialog.tsx";
import { ItemPicker, type PickedItem } from "../item-picker.tsx";
import { LocationField } from "./location-field.tsx";

const quantities = [
  "factor",
  "tolerance",
  "refillBelow",
  "refillTo",
  "autoConfirmUpTo",
] as const satisfies readonly (keyof GaugeInput)[];
type Quantities = Record<(typeof quantities)[number], string>;

/** Which sensor measures which bin, and what is to be done about it. The item of a gauge stays. */
export function SaveGauge({ gauge, onClose }: { gauge: StockGauge | null; onClose: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [item, setItem] = useState<PickedItem | null>(null);
  const [locationId, setLocationId] = useState(gauge?.locationId ?? null);
  const [workUnitId, setWorkUnitId] = useState(gauge?.workUnitId ?? "");
  const [role, setRole] = useState(gauge?.role ?? "level");
  const [isActive, setActive] = useState(gauge?.isActive ?? true);
  const [isRefillAutomatic, setRefillAutomatic] = useState(gauge?.isRefillAutomatic ?? false);
  const [figures, setFigures] = useState<Quantities>(() => ({
    factor: gauge?.factor ?? "1",
    tolerance: gauge?.tolerance ?? "0",
    refillBelow: gauge?.refillBelow ?? "",
    refillTo: gauge?.refillTo ?? "",
    autoConfirmUpTo: gauge?.autoConfirmUpTo ?? "",
  }));
  const onSuccess = async () => {
    await client.invalidateQueries({ queryKey: stockKeys.all });
    onClose();
  };
  const create = useCommand<GaugeInput, StockGauge>(() => "/api/stock/gauges", { body, onSuccess });
  const change = useSave<GaugeInput, StockGauge>(
    "PUT",
    () => `/api/stock/gauges/${gauge?.gaugeId ?? ""}`,
    { body, version: () => gauge?.version ?? null, onSuccess },
  );
  const itemId = gauge?.itemId ?? item?.itemId;
  const submit = () => {
    if (itemId === undefined || locationId === null) return;
    const metricName = gauge?.metricName ?? null;
    const asked = { itemId, locationId, workUnitId, role, metricName, isActive, isRefillAutomatic };
    const save = { ...asked, ...readFigures(figures) };
    if (gauge === null) create.mutate(save);
    else change.mutate(save);
  };
  return (
    <FormDialog
      title={t(gauge === null ? "stockGauge.new" : "stockGauge.change")}
      action={t("action.save")}
      isPending={create.isPending || change.isPending}
      error={create.error ?? change.error}
      onSubmit={submit}
      onClose={onClose}
    >
      {gauge === null ? (
        <ItemPicker label={t("column.item")} picked={item} isRequired onPick={setItem} />
      ) : (
        <p>
          <b>{gauge.itemNumber}</b>
        </p>
      )}
      <LocationField
        label={t("stockGauge.bin")}
        kinds={["bin"]}
        code={gauge?.locationCode ?? ""}
        onChange={(place) => setLocationId(place?.locationId ?? null)}
      />
      <div className="form-pair">
        <WorkUnitChoice workUnitId={workUnitId} onChange={setWorkUnitId} />
        <SelectField
          label={t("stockGauge.role")}
          value={role}
          options={gaugeRoles.map((value) => ({ value, title: t(`bindingRole.${value}`) }))}
          onChange={setRole}
        />
      </div>
      <div className="form-pair">
        {quantities.map((name) => (
          <TextField
            key={name}
            label={t(`stockGauge.${name}`)}
            hint={t(`stockGauge.hint.${name}`)}
            required={name === "factor" || name === "tolerance"}
            inputMode="decimal"
            pattern={decimalPattern}
            value={figures[name]}
            onChange={(value) => setFigures({ ...figures, [name]: value })}
          />
        ))}
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={isRefillAutomatic}
          onChange={(event) => setRefillAutomatic(event.target.checked)}
        />{" "}
        {t("stockGauge.refillAutomatic")}
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={isActive}
          onChange={(event) => setActive(event.target.checked)}
        />{" "}
        {t("stockGauge.active")}
      </label>
    </FormDialog>
  );
}

function WorkUnitChoice({
  workUnitId,
  onChange,
}: {
  workUnitId: string;
  onChange: (workUnitId: string) => void;
}) {
  const t = useTranslations();
  const { data } = useQuery(equipmentQuery);
  const centers = data?.areas.flatMap(({ workCenters }) => workCenters) ?? [];
  const units = centers.flatMap(({ workUnits }) => workUnits);
  return (
    <SelectField
      label={t("stockGauge.sensor")}
      required
      value={workUnitId}
      options={[
        { value: "", title: t("form.choose") },
        ...units.map((unit) => ({ value: unit.workUnitId, title: unit.name })),
      ]}
      onChange={onChange}
    />
  );
}

const body = (asked: GaugeInput) => asked;

function readFigures(figures: Quantities) {
  return {
    factor: decimal(figures.factor),
    tolerance: decimal(figures.tolerance),
    refillBelow: optional(figures.refillBelow),
    refillTo: optional(figures.refillTo),
    autoConfirmUpTo: optional(figures.autoConfirmUpTo),
  };
}

/** An empty figure is none. */
function optional(text: string) {
  return text.trim() === "" ? null : decimal(text);
}
