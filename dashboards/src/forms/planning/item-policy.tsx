import type { ItemPolicy } from "@millwright/contracts/api";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";

import { useMay } from "../../api/identity-queries.ts";
import { itemPolicyQuery, planningKeys } from "../../api/planning-queries.ts";
import { locationsQuery } from "../../api/stock-queries.ts";
import { Icon } from "../../ui/icon.tsx";
import { Loaded, Skeleton } from "../../ui/loaded.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { useSave } from "../../ui/use-save.ts";
import { decimalPattern } from "../engineering/item-fields.tsx";
import { SaveBar } from "../engineering/save-bar.tsx";
import { LotRuleFields } from "./lot-rule-fields.tsx";
import { newSite, policyInput, type TypedPolicy, typedPolicy } from "./policy-input.ts";
import { SitePolicy } from "./site-policy.tsx";

/** What MRP plans an item with. */
export function ItemPolicyForm({ itemId }: { itemId: string }) {
  const query = useQuery(itemPolicyQuery(itemId));
  return (
    <Loaded query={query} skeleton={<Skeleton count={3} height={90} />}>
      {(policy) => <PolicyForm key={JSON.stringify(policy)} policy={policy} />}
    </Loaded>
  );
}

const days = ["leadDays", "safetyLeadDays"] as const;
const fences = ["planningFenceDays", "demandFenceDays"] as const;

function PolicyForm({ policy }: { policy: ItemPolicy }) {
  const t = useTranslations();
  const client = useQueryClient();
  const mayChange = useMay()("demand:change");
  const [typed, setTyped] = useState(() => typedPolicy(policy));
  const set = (part: Partial<TypedPolicy>) => setTyped({ ...typed, ...part });
  const { queryKey } = itemPolicyQuery(policy.itemId);
  const save = useSave<TypedPolicy, ItemPolicy>(
    "PUT",
    () => `/api/planning/item-policies/${policy.itemId}`,
    {
      body: policyInput,
      version: () => policy.version,
      onSuccess: () => client.invalidateQueries({ queryKey: planningKeys.all }),
    },
  );
  return (
    <form
      className="form"
      aria-label={t("items.tab.planning")}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate(typed);
      }}
    >
      {policy.isDefault && <p className="hint">{t("policy.isDefault")}</p>}
      <fieldset className="item-fields" disabled={!mayChange}>
        {days.map((name) => (
          <TextField
            key={name}
            label={t(`policy.${name}`)}
            hint={t(`policy.hint.${name}`)}
            required
            inputMode="numeric"
            pattern="\d+"
            value={typed[name]}
            onChange={(text) => set({ [name]: text })}
          />
        ))}
        <TextField
          label={t("policy.safetyStock")}
          required
          inputMode="decimal"
          pattern={decimalPattern}
          value={typed.safetyStock}
          onChange={(safetyStock) => set({ safetyStock })}
        />
        <TextField
          label={t("policy.yieldPercent")}
          hint={t("policy.hint.yieldPercent")}
          required
          inputMode="decimal"
          pattern={decimalPattern}
          value={typed.yieldPercent}
          onChange={(yieldPercent) => set({ yieldPercent })}
        />
        <LotRuleFields typed={typed.lotRule} onChange={(lotRule) => set({ lotRule })} />
        {fences.map((name) => (
          <TextField
            key={name}
            label={t(`policy.${name}`)}
            hint={t(`policy.hint.${name}`)}
            inputMode="numeric"
            pattern="\d*"
            value={typed[name]}
            onChange={(text) => set({ [name]: text })}
          />
        ))}
      </fieldset>
      <Sites typed={typed} isReadOnly={!mayChange} onChange={(sites) => set({ sites })} />
      <SaveBar
        isChanged={JSON.stringify(typed) !== JSON.stringify(typedPolicy(policy))}
        isPending={save.isPending}
        error={save.error}
        onDiscard={() => {
          save.reset();
          setTyped(typedPolicy(policy));
        }}
        onLookAgain={() => void client.invalidateQueries({ queryKey })}
      />
    </form>
  );
}

/** Sites that are planned by themselves; nothing to choose in a company of one site. */
function Sites({
  typed,
  isReadOnly,
  onChange,
}: {
  typed: TypedPolicy;
  isReadOnly: boolean;
  onChange: (sites: TypedPolicy["sites"]) => void;
}) {
  const t = useTranslations();
  const { data } = useQuery(locationsQuery);
  const places = (data?.rows ?? []).filter(({ kind }) => kind === "site");
  const { sites } = typed;
  if (places.length < 2 && sites.length === 0) return null;
  return (
    <fieldset className="policy-sites" disabled={isReadOnly}>
      <legend>{t("policy.sites")}</legend>
      <p className="hint">{t("policy.hint.sites")}</p>
      {sites.map((site, index) => (
        <SitePolicy
          // Rows have no id of their own while they are typed.
          key={`${index} ${sites.length}`}
          site={site}
          sites={places}
          onChange={(changed) => onChange(sites.with(index, changed))}
          onRemove={() => onChange(sites.toSpliced(index, 1))}
        />
      ))}
      <button
        type="button"
        className="button button-start"
        onClick={() => onChange([...sites, newSite])}
      >
        <Icon name="add" size={16} /> {t("policy.addSite")}
      </button>
    </fieldset>
  );
}
