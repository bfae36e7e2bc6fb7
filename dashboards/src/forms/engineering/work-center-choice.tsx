import { useTranslations } from "use-intl";

import type { Equipment } from "../../api/shapes.ts";
import { Field } from "../../ui/field.tsx";

/** One work center of the site, by area. */
export function WorkCenterChoice({
  label,
  equipment,
  value,
  onChange,
}: {
  label: string;
  equipment: Equipment | undefined;
  value: string;
  onChange: (workCenterId: string) => void;
}) {
  const t = useTranslations();
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          className="select"
          required
          value={value}
          onChange={(event) => onChange(event.target.value)}
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
  );
}
