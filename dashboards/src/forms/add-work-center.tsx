import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { keys } from "../api/queries.ts";
import { Field } from "../ui/field.tsx";
import { useCommand } from "../ui/use-command.ts";
import { FormDialog } from "./form-dialog.tsx";

type Asked = { areaName: string; name: string; isManual: boolean };

/** A machine, or a bench without one; its area is made if it is new. */
export function AddWorkCenter({
  areas,
  onClose,
}: {
  areas: readonly string[];
  onClose: () => void;
}) {
  const t = useTranslations();
  const client = useQueryClient();
  const [asked, setAsked] = useState<Asked>({
    areaName: areas.at(-1) ?? "",
    name: "",
    isManual: false,
  });
  const add = useCommand<Asked, { workCenterId: string }>(() => "/api/work-centers", {
    body: (body) => body,
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.equipment }),
        client.invalidateQueries({ queryKey: keys.plant }),
      ]);
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("equipment.addWorkCenter")}
      action={t("action.add")}
      isPending={add.isPending}
      error={add.error}
      onSubmit={() => add.mutate(asked)}
      onClose={onClose}
    >
      <Field label={t("column.area")} hint={t("form.areaHint")}>
        {(control) => (
          <>
            <input
              {...control}
              className="input"
              required
              maxLength={100}
              list="areas"
              value={asked.areaName}
              onChange={(event) => setAsked({ ...asked, areaName: event.target.value })}
            />
            <datalist id="areas">
              {areas.map((area) => (
                <option key={area} value={area}>
                  {area}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label={t("form.name")}>
        {(control) => (
          <input
            {...control}
            className="input"
            required
            maxLength={100}
            value={asked.name}
            onChange={(event) => setAsked({ ...asked, name: event.target.value })}
          />
        )}
      </Field>
      <label className="check">
        <input
          type="checkbox"
          checked={asked.isManual}
          onChange={(event) => setAsked({ ...asked, isManual: event.target.checked })}
        />
        {t("form.isManual")}
      </label>
    </FormDialog>
  );
}
