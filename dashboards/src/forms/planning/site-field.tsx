import type { Location } from "@millwright/contracts/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";

import { locationsQuery } from "../../api/stock-queries.ts";
import { type Option, SelectField } from "../../ui/select.tsx";

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
    <SelectField
      label={t("planning.site")}
      value={siteId ?? ""}
      options={siteOptions(sites, t("planning.anySite"))}
      onChange={(chosen) => onChange(chosen === "" ? null : chosen)}
    />
  );
}

/** Sites to choose from; `none` says what it means to choose none of them. */
export function siteOptions(sites: readonly Location[], none: string): Option<string>[] {
  return [
    { value: "", title: none },
    ...sites.map(({ locationId, code, name }) => ({ value: locationId, title: `${code} ${name}` })),
  ];
}
