import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { locationsQuery } from "../../api/stock-queries.ts";
import { Field } from "../../ui/field.tsx";

/** Where something is needed; nothing to choose, and so not there, in a company of one site. */
export function SiteField({
  siteId,
  onChange,
}: {
  siteId: string | null;
  onChange: (siteId: string | null) => void;
}) {
  const t = useTranslations();
  const { data } = useQuery(locationsQuery);
  const sites = (data?.rows ?? []).filter(({ kind }) => kind === "site");
  if (sites.length < 2) return null;
  return (
    <Field label={t("planning.site")}>
      {(control) => (
        <select
          {...control}
          className="select"
          value={siteId ?? ""}
          onChange={(event) => onChange(event.target.value === "" ? null : event.target.value)}
        >
          <option value="">{t("planning.anySite")}</option>
          {sites.map(({ locationId, code, name }) => (
            <option key={locationId} value={locationId}>
              {code} {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
