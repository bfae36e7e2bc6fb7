import type { Metric } from "@millwright/contracts/api";
import { type BindingRole, bindingRoles, machineStates } from "@millwright/contracts/states/tables";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import type { BindingInput, Equipment } from "../api/shapes.ts";
import { roleKeys } from "../panels/events/role-keys.ts";
import { Field } from "../ui/field.tsx";
import { SelectField } from "../ui/select.tsx";
import { useCommand } from "../ui/use-command.ts";
import { useFormat } from "../ui/use-format.ts";
import { FormDialog } from "./form-dialog.tsx";
import { ambiguousValues, toValueMap, type ValueMapText } from "./value-map.ts";

/** Says what a metric means: which machine, in which role, in which unit. It counts from now on. */
export function BindMetric({
  metric,
  equipment,
  onClose,
}: {
  metric: Metric & { deviceId: string };
  equipment: Equipment;
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const [workUnitId, setWorkUnitId] = useState("");
  const [role, setRole] = useState<BindingRole>(guessRole(metric));
  const [unit, setUnit] = useState(metric.unit);
  const [map, setMap] = useState<ValueMapText>({});
  const ambiguous = role === "state" ? ambiguousValues(map) : [];
  const bind = useCommand<BindingInput, { bindingId: string }>(() => "/api/bindings", {
    body: (body) => body,
    onSuccess: async () => {
      await client.invalidateQueries();
      onClose();
    },
  });
  const submit = () => {
    if (ambiguous.length > 0) return;
    bind.mutate({
      edgeNodeId: metric.edgeNodeId,
      deviceId: metric.deviceId,
      metricName: metric.name,
      role,
      workUnitId,
      unit,
      valueMap: role === "state" ? toValueMap(map) : {},
    });
  };
  return (
    <FormDialog
      title={t("bind.title", { metric: metric.name })}
      action={t("bind.action")}
      isPending={bind.isPending}
      error={bind.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="address">
        {metric.groupId}/{metric.edgeNodeId}/{metric.deviceId}
      </p>
      <Field label={t("column.machine")}>
        {(control) => (
          <select
            {...control}
            className="select"
            required
            value={workUnitId}
            onChange={(event) => setWorkUnitId(event.target.value)}
          >
            <option value="">{t("form.choose")}</option>
            {equipment.areas.map((area) => (
              <optgroup key={area.areaId} label={area.name}>
                {area.workCenters.flatMap((center) =>
                  center.workUnits.map((unit) => (
                    <option key={unit.workUnitId} value={unit.workUnitId}>
                      {unit.name === center.name ? center.name : `${center.name} · ${unit.name}`}
                    </option>
                  )),
                )}
              </optgroup>
            ))}
          </select>
        )}
      </Field>
      <SelectField
        label={t("column.role")}
        hint={t(`bindingRoleHint.${roleKeys[role]}`)}
        value={role}
        options={bindingRoles.map((value) => ({
          value,
          title: `${t(`bindingRole.${roleKeys[value]}`)} (${value})`,
        }))}
        onChange={setRole}
      />
      <Field label={t("column.unit")} hint={t("bind.unitHint")}>
        {(control) => (
          <input
            {...control}
            className="input input-short"
            maxLength={20}
            value={unit}
            onChange={(event) => setUnit(event.target.value)}
          />
        )}
      </Field>
      {role === "state" && <ValueMap metric={metric} map={map} onChange={setMap} />}
      {ambiguous.length > 0 && (
        <p className="form-error" role="alert">
          {t("bind.ambiguous", { values: ambiguous.join(", ") })}
        </p>
      )}
    </FormDialog>
  );
}

function ValueMap({
  metric,
  map,
  onChange,
}: {
  metric: Metric;
  map: ValueMapText;
  onChange: (map: ValueMapText) => void;
}) {
  const t = useTranslations();
  const format = useFormat();
  const now = metric.value === null ? t("value.noData") : format.value(metric.value);
  return (
    <fieldset className="value-map">
      <legend>{t("bind.valueMap")}</legend>
      <p className="hint">{t("bind.valueMapHint", { value: now })}</p>
      {machineStates.map((state) => (
        <Field key={state} label={t(`machineState.${state}`)}>
          {(control) => (
            <input
              {...control}
              className="input input-short"
              value={map[state] ?? ""}
              onChange={(event) => onChange({ ...map, [state]: event.target.value })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}

/** The role its name suggests; a person decides. */
function guessRole(metric: Metric): BindingRole {
  const name = metric.name.toLowerCase();
  return (
    bindingRoles.find((role) => name.includes(role.replace(".", "/")) || name.includes(role)) ??
    (metric.isNumeric ? "process" : "scan")
  );
}
