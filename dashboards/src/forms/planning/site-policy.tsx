import type { Location } from "@millwright/contracts/api";
import { siteSupplies } from "@millwright/contracts/states/planning";
import { useTranslations } from "use-intl";

import { Icon } from "../../ui/icon.tsx";
import { SelectField } from "../../ui/select.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { LotRuleFields } from "./lot-rule-fields.tsx";
import type { TypedSite } from "./policy-input.ts";
import { siteOptions } from "./site-field.tsx";

/** One site that is planned by itself: where what it needs comes from, and what it keeps. */
export function SitePolicy({
  site,
  sites,
  onChange,
  onRemove,
}: {
  site: TypedSite;
  sites: readonly Location[];
  onChange: (site: TypedSite) => void;
  onRemove: () => void;
}) {
  const t = useTranslations();
  const set = (part: Partial<TypedSite>) => onChange({ ...site, ...part });
  const name = sites.find(({ locationId }) => locationId === site.siteId)?.code ?? "";
  return (
    <fieldset className="item-fields policy-site">
      <legend>{t("policy.site", { site: name })}</legend>
      <SelectField
        label={t("planning.site")}
        required
        options={siteOptions(sites, t("form.choose"))}
        value={site.siteId}
        onChange={(siteId) => set({ siteId })}
      />
      <SelectField
        label={t("policy.supply")}
        value={site.supply}
        options={siteSupplies.map((value) => ({ value, title: t(`planning.orderKind.${value}`) }))}
        onChange={(supply) => set({ supply })}
      />
      {site.supply === "transfer" && (
        <SelectField
          label={t("stock.from")}
          required
          options={siteOptions(
            sites.filter(({ locationId }) => locationId !== site.siteId),
            t("form.choose"),
          )}
          value={site.fromSiteId}
          onChange={(fromSiteId) => set({ fromSiteId })}
        />
      )}
      <TextField
        label={t(site.supply === "transfer" ? "policy.transitDays" : "policy.leadDays")}
        required
        inputMode="numeric"
        pattern="\d+"
        value={site.leadDays}
        onChange={(leadDays) => set({ leadDays })}
      />
      <TextField
        label={t("policy.safetyStock")}
        required
        inputMode="decimal"
        pattern={decimalPattern}
        value={site.safetyStock}
        onChange={(safetyStock) => set({ safetyStock })}
      />
      <LotRuleFields typed={site.lotRule} onChange={(lotRule) => set({ lotRule })} />
      <button type="button" className="button button-small button-start" onClick={onRemove}>
        <Icon name="close" size={16} /> {t("policy.removeSite")}
      </button>
    </fieldset>
  );
}
