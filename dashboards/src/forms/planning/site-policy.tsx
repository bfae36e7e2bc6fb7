import type { Location } from "@millwright/contracts/api";
import { siteSupplies } from "@millwright/contracts/states/planning";
import { useTranslations } from "use-intl";

import { Field } from "../../ui/field.tsx";
import { Icon } from "../../ui/icon.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { LotRuleFields } from "./lot-rule-fields.tsx";
import type { TypedSite } from "./policy-input.ts";

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
      <SiteChoice
        label={t("planning.site")}
        sites={sites}
        value={site.siteId}
        onChange={(siteId) => set({ siteId })}
      />
      <Field label={t("policy.supply")}>
        {(control) => (
          <select
            {...control}
            className="select"
            value={site.supply}
            onChange={(event) => {
              const supply = siteSupplies.find((one) => one === event.target.value);
              if (supply !== undefined) set({ supply });
            }}
          >
            {siteSupplies.map((supply) => (
              <option key={supply} value={supply}>
                {t(`planning.orderKind.${supply}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {site.supply === "transfer" && (
        <SiteChoice
          label={t("stock.from")}
          sites={sites.filter(({ locationId }) => locationId !== site.siteId)}
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

function SiteChoice({
  label,
  sites,
  value,
  onChange,
}: {
  label: string;
  sites: readonly Location[];
  value: string;
  onChange: (siteId: string) => void;
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
